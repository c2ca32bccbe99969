/**
 * Fastly: pages are purged by surrogate key. There is no index of ours in it, so what is published is purged too.
 * @see https://www.fastly.com/documentation/reference/api/purging/
 */
import { z } from 'zod'
import type { EdgePort } from '#lib/cdn/edgePort.ts'
import { tag } from '#lib/coherence/tags.ts'
import { call, inParts, understood } from '../call.ts'
import { EdgeError } from '../errors.ts'
import { RateLimiter } from '#lib/platform/rateLimiter.ts'

const API = 'https://api.fastly.com'
const TIMEOUT_MS = 10_000
const KEYS_A_PURGE = 256
/** Bytes of one key, and of all keys of a response: Fastly leaves out what is beyond. */
const LONGEST_KEY = 1_024
export const LONGEST_HEADER = 16_384
/** A customer: 100,000 keys an hour. */
const PURGES = { burst: 50, perSecond: 10 }
const RATE_LIMIT_PAUSE_MS = 1_000

/** `price:42` to the purge's id. */
const purged = z.record(z.string(), z.string())

export interface FastlyOptions {
  /** Milliseconds that a control call may take. */
  readonly timeoutMs?: number
  readonly token: string
  readonly serviceId: string
  readonly url: string
  readonly api?: string
}

export class FastlyEdge implements EdgePort {
  readonly name = 'fastly'
  readonly immediate = false
  readonly url: string
  readonly #options: FastlyOptions
  readonly #purges = new RateLimiter(PURGES)

  constructor(options: FastlyOptions) {
    this.#options = options
    this.url = options.url
  }

  publish(versions: Parameters<EdgePort['publish']>[0]): Promise<void> {
    return this.purge(versions.map(({ kind, id }) => tag(kind, id)))
  }

  async purge(tags: readonly string[]): Promise<void> {
    const { token, serviceId, api = API, timeoutMs = TIMEOUT_MS } = this.#options
    for (const keys of inParts([...new Set(tags)], KEYS_A_PURGE)) {
      await this.#purges.turn()
      const text = await call({
        edge: this.name,
        url: `${api}/service/${serviceId}/purge`,
        method: 'POST',
        timeoutMs,
        headers: { 'fastly-key': token, 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ surrogate_keys: keys }),
      }).catch((error: unknown) => {
        if (error instanceof EdgeError && error.code === 'EDGE_RATE_LIMITED')
          this.#purges.closeFor(error.retryAfterMs ?? RATE_LIMIT_PAUSE_MS)
        throw error
      })
      const answer = understood(this.name, text, (value) => purged.parse(value))
      const left = keys.filter((key) => answer[key] === undefined)
      if (left.length > 0)
        throw new EdgeError('EDGE_PARTIAL', this.name, `no purge id for ${left.slice(0, 10).join(', ')}`, { left })
    }
  }
}

/** The header by which Fastly indexes a response: keys that fit, the rest would be cut in the middle. */
export function surrogateKey(tags: readonly string[]): string {
  let header = ''
  for (const key of tags) {
    if (key.length > LONGEST_KEY) continue
    const longer = header === '' ? key : `${header} ${key}`
    if (longer.length > LONGEST_HEADER) break
    header = longer
  }
  return header
}
