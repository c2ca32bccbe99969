/** One request as its bytes travel: Playwright's own client unpacks bodies, and `fetch` mends addresses. */
import { request } from 'node:http'
import { environment } from './environment.ts'

export interface RawAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
}

/**
 * @param target sent as it is, well-formed or not: a path, or all that a request line can hold
 * @param origin another shop than that of the run
 */
export function raw(
  target: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
  origin = environment.BASE_URL,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path: target, method, headers, timeout: 60_000 }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const pairs = Object.entries(response.headers).map(([name, value]): [string, string] => [name, String(value)])
        resolve({ status: response.statusCode ?? 0, headers: new Headers(pairs), body: Buffer.concat(chunks) })
      })
    })
    sent.on('timeout', () => sent.destroy(new Error(`no answer to ${target} within a minute`)))
    sent.on('error', reject)
    sent.end()
  })
}
