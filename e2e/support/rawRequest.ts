/** One request as its bytes travel: Playwright's own client unpacks bodies, and `fetch` mends addresses. */
import { request } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { environment } from './environment.ts'
import { refusePlaceholder } from '../../tools/testing/placeholderMarks.mjs'

export interface RawAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
}

/**
 * Rejects when the answer holds a placeholder.
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
      // A server that breaks off in the middle of an answer.
      response.on('error', reject)
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const pairs = Object.entries(response.headers).map(([name, value]): [string, string] => [name, String(value)])
        const answer = { status: response.statusCode ?? 0, headers: new Headers(pairs), body: Buffer.concat(chunks) }
        try {
          refusePlaceholder(unpacked(answer).toString(), target)
          resolve(answer)
        } catch (error) {
          reject(error)
        }
      })
    })
    sent.on('timeout', () => sent.destroy(new Error(`no answer to ${target} within a minute`)))
    sent.on('error', reject)
    sent.end()
  })
}

/** The body as it was before it was packed. @throws when it cannot be unpacked */
export function unpacked({ headers, body }: Pick<RawAnswer, 'headers' | 'body'>): Buffer {
  if (body.byteLength === 0) return body
  switch (headers.get('content-encoding')) {
    case 'br':
      return brotliDecompressSync(body)
    case 'gzip':
      return gunzipSync(body)
    default:
      return body
  }
}
