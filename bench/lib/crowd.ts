/** Many visitors at the same moment, each on a connection of its own that is open before. */
import { Agent, get } from 'node:http'

export interface Answer {
  readonly status: number
  readonly body: string
  readonly cache: string
  readonly ms: number
}

function request(agent: Agent, url: string): Promise<Answer> {
  const start = performance.now()
  return new Promise((resolve) => {
    const failed = () => resolve({ status: 0, body: '', cache: '', ms: performance.now() - start })
    get(url, { agent, timeout: 60_000 }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', failed)
      response.on('end', () => {
        const cache = response.headers['x-cache'] ?? response.headers['x-nextjs-cache']
        resolve({
          status: response.statusCode ?? 0,
          body: Buffer.concat(chunks).toString(),
          cache: String(cache ?? ''),
          ms: performance.now() - start,
        })
      })
    }).on('error', failed)
  })
}

/**
 * @param urls one for each visitor
 * @param warmUp an address of the same server that costs it little, to open the connections with
 */
export async function crowd(
  urls: readonly string[],
  warmUp: (url: string) => string,
  between: () => Promise<void>,
): Promise<Answer[]> {
  const visitors = urls.map((url) => ({ url, agent: new Agent({ keepAlive: true, maxSockets: 1 }) }))
  try {
    await Promise.all(visitors.map(({ url, agent }) => request(agent, warmUp(url))))
    await between()
    return await Promise.all(visitors.map(({ url, agent }) => request(agent, url)))
  } finally {
    for (const { agent } of visitors) agent.destroy()
  }
}
