/** Tabs that are open on a product page: each follows the prices of one by an event stream, and goes on to the next page after a while. */
import { Agent, get } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'

export const TABS = 50
/** Prices on a page. */
const FOLLOWED = 12
const PAGE_MS = 10_000

/** @returns a function that closes them and says how many streams there were */
export function openTabs(url: string, ids: readonly number[]): () => Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity })
  const closing = new AbortController()
  let streams = 0
  async function tab(first: number): Promise<void> {
    for (let page = first; !closing.signal.aborted; page += TABS) {
      const followed = Array.from({ length: FOLLOWED }, (_, i) => ids[(page * FOLLOWED + i) % ids.length])
      const request = get(`${url}/api/prices/stream?ids=${followed.join()}`, { agent }, (response) => {
        if (response.statusCode === 200) streams++
        response.on('error', () => undefined).resume()
      })
      request.on('error', () => undefined) // It is closed in the middle, or not answered: then it is not counted.
      await wait(PAGE_MS, undefined, { signal: closing.signal }).catch(() => undefined)
      request.destroy()
    }
  }
  const tabs = Promise.all(Array.from({ length: TABS }, (_, i) => tab(i)))
  return async () => {
    closing.abort()
    await tabs
    agent.destroy()
    return streams
  }
}
