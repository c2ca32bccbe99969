/** One visit of a page as a browser makes it: kept-alive connections, `Accept-Encoding` with br, the body read to its end. */
import { Agent, get, type IncomingMessage } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'

/** A visit that takes longer is an error. */
const VISIT_TIMEOUT_MS = 20_000
const ENCODINGS = 'gzip, deflate, br'

export interface Visit {
  /** The time of `performance.now` at the beginning. */
  readonly start: number
  readonly ms: number
  /** The failure: `503`, `ECONNRESET`, `timeout`; empty for a good answer. */
  readonly error: string
  /** The cache of the server says that it had this page. */
  readonly hit: boolean
  /** Our servers' `Cache-Tag`; empty elsewhere. */
  readonly tags: string
  /** Undefined unless it was asked for. */
  readonly html: string | undefined
}

const header = (response: IncomingMessage, name: string) => String(response.headers[name] ?? '')

function unpacked(response: IncomingMessage, chunks: readonly Buffer[]): string {
  const body = Buffer.concat(chunks)
  const encoding = header(response, 'content-encoding')
  if (encoding === 'br') return brotliDecompressSync(body).toString()
  return encoding === 'gzip' ? gunzipSync(body).toString() : body.toString()
}

export class Visitors {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: Infinity })

  /** @param keep says from the headers whether the page itself is wanted; it costs this process about half a millisecond */
  visit(url: string, keep: (hit: boolean) => boolean): Promise<Visit> {
    return this.#visit(url, keep, performance.now())
  }

  #visit(url: string, keep: (hit: boolean) => boolean, start: number): Promise<Visit> {
    return new Promise((resolve) => {
      const settle = (rest: Partial<Visit>) => {
        clearTimeout(timer)
        resolve({ start, ms: performance.now() - start, error: '', hit: false, tags: '', html: undefined, ...rest })
      }
      const failed = (error: Error) => settle({ error: 'code' in error ? String(error.code) : error.message })
      const request = get(url, { agent: this.#agent, headers: { 'accept-encoding': ENCODINGS } }, (response) => {
        const hit = /^HIT/.test(header(response, 'x-cache') || header(response, 'x-nextjs-cache'))
        const chunks: Buffer[] | undefined = keep(hit) ? [] : undefined
        response.on('data', (chunk: Buffer) => chunks?.push(chunk))
        response.once('error', failed)
        response.once('end', () => {
          const ms = performance.now() - start // Unpacking is not the server's time.
          const error = response.statusCode === 200 ? '' : String(response.statusCode)
          settle({ ms, error, hit, tags: header(response, 'cache-tag'), html: chunks && unpacked(response, chunks) })
        })
      })
      request.once('error', (error) => {
        // A connection that was kept, and that the server closes at that moment: a browser asks again over a new one.
        const isStale = request.reusedSocket && 'code' in error && error.code === 'ECONNRESET'
        if (!isStale) return failed(error)
        clearTimeout(timer)
        resolve(this.#visit(url, keep, start))
      })
      const timer = setTimeout(
        () => request.destroy(new Error('timeout')),
        start + VISIT_TIMEOUT_MS - performance.now(),
      )
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** @returns `Failed reads: timeout (edge) 10.`, nothing where none failed */
export function failuresOf(visits: readonly Visit[], whereOf: (visit: Visit) => string): string[] {
  const counts = new Map<string, number>()
  for (const visit of visits) {
    if (visit.error === '') continue
    const kind = `${visit.error} (${whereOf(visit)})`
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts.size === 0 ? [] : [`Failed reads: ${[...counts].map(([kind, n]) => `${kind} ${n}`).join(', ')}.`]
}
