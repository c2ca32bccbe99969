/** Finds the time at which a layer shows a version, by reading it until it does. */
import { Agent, request } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { keys } from '../../lib/coherence/protocol/keys.ts'
import { parseTagState } from '../../lib/coherence/protocol/tagState.ts'
import { tag } from '../../lib/coherence/tags.ts'

const POLL_MS = 2
/** A layer that is later than this counts as this late. */
const GIVE_UP_MS = 10_000
/** Without a bound: requests that wait in an agent for a socket are overtaken, some of them until the load ends. */
const agent = new Agent({ keepAlive: true })

/** Milliseconds since 1970 with a fraction, to be compared with the clock of a Postgres on the same machine. */
const now = () => performance.timeOrigin + performance.now()

export interface Fetched {
  readonly status: number
  /** `Cache-Tag`: each price of the page with its version. */
  readonly tags: string
  readonly ms: number
  /** Why there was no answer. */
  readonly error?: string
}

/** As browsers ask, to the end of the body. @returns status 0 when there was no answer */
export function fetchPage(url: string, method: 'GET' | 'HEAD' = 'GET'): Promise<Fetched> {
  const start = performance.now()
  return new Promise((resolve) => {
    const failed = ({ message }: Error) =>
      resolve({ status: 0, tags: '', ms: performance.now() - start, error: message })
    request(url, { agent, method, timeout: GIVE_UP_MS, headers: { 'accept-encoding': 'gzip, br' } }, (response) => {
      response.resume()
      response.once('error', failed)
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          tags: String(response.headers['cache-tag'] ?? ''),
          ms: performance.now() - start,
        }),
      )
    })
      .once('error', failed)
      .end()
  })
}

/** A layer of the cluster, and the version of a price that it shows. */
export interface Layer {
  readonly name: string
  shown(product: { readonly id: number; readonly path: string }): Promise<number>
}

export function indexLayer(redis: Redis): Layer {
  return { name: 'index', shown: async ({ id }) => parseTagState(await redis.get(keys.tag(tag('price', id)))).version }
}

export function pageLayer(name: string, url: string): Layer {
  return {
    name,
    async shown({ id, path }) {
      const { tags } = await fetchPage(url + path, 'HEAD')
      return Number(new RegExp(`(?:^|,)price:${id}@(\\d+)`).exec(tags)?.[1] ?? 0)
    },
  }
}

/** @returns when the first read began that showed `version`, as `now` counts */
export async function seenAt(
  layer: Layer,
  product: { readonly id: number; readonly path: string },
  version: number,
): Promise<number> {
  const deadline = now() + GIVE_UP_MS
  for (;;) {
    const start = now()
    if (start > deadline || (await layer.shown(product).catch(() => 0)) >= version) return start
    await wait(POLL_MS)
  }
}
