/**
 * Cloudflare: versions go to KV in bulk, pages are purged by tag. KV takes up to a minute to show a write everywhere;
 * the purge takes a fraction of a second, which is why both are done.
 * @see https://developers.cloudflare.com/api/resources/kv/subresources/namespaces/methods/bulk_update/
 * @see https://developers.cloudflare.com/cache/how-to/purge-cache/
 */
import { z } from 'zod'
import type { EdgePort } from '#lib/cdn/edgePort.ts'
import { tag } from '#lib/coherence/tags.ts'
import { call, inParts, understood } from '../call.ts'
import { epochBornAt, newEpoch } from '../epoch.ts'
import { EdgeError } from '../errors.ts'
import { latestOf } from '../latestOf.ts'
import { RateLimiter } from '#lib/platform/rateLimiter.ts'

const API = 'https://api.cloudflare.com/client/v4'
const TIMEOUT_MS = 10_000
const TAGS_A_PURGE = 100
const KEYS_A_WRITE = 10_000
/** The limits of the Business plan for an account: 10 calls a second, 50 at once. Enterprise has 50 and 500. */
const PURGES = { burst: 50, perSecond: 10 }
/** The API as a whole: 1,200 calls in five minutes. */
const WRITES = { burst: 100, perSecond: 4 }
const RATE_LIMIT_PAUSE_MS = 1_000
/** Milliseconds: TRUST_MS of edge/worker/wrangler.jsonc. */
export const TRUST_MS = 120_000

const done = z.object({ success: z.literal(true) })
const written = done.extend({
  result: z.object({ successful_key_count: z.number(), unsuccessful_keys: z.array(z.string()).default([]) }),
})

export interface CloudflareOptions {
  /** Milliseconds that a control call may take. */
  readonly timeoutMs?: number
  readonly token: string
  readonly accountId: string
  readonly zoneId: string
  readonly namespaceId: string
  /** The address in the browser. */
  readonly url: string
  readonly api?: string
}

export class CloudflareEdge implements EdgePort {
  readonly name = 'cloudflare'
  readonly immediate = false
  readonly url: string
  readonly #options: CloudflareOptions
  readonly #purges = new RateLimiter(PURGES)
  readonly #writes = new RateLimiter(WRITES)
  readonly #published = new Map<string, number>()

  constructor(options: CloudflareOptions) {
    this.#options = options
    this.url = options.url
  }

  async publish(versions: Parameters<EdgePort['publish']>[0], confirmedAgeMs?: number): Promise<void> {
    const began = Date.now()
    const news = versions.filter(({ kind, id, version }) => (this.#published.get(tag(kind, id)) ?? 0) < version)
    const latest = latestOf(news)
    await this.#write([...latest].map(([key, version]) => ({ key, value: String(version) })))
    for (const [name, version] of latest) this.#published.set(name, version)
    if (confirmedAgeMs !== undefined)
      await this.#write([
        { key: 'state', value: `${await this.#epochAt(began)} ${Math.round(began - confirmedAgeMs)}` },
      ])
  }

  async purge(tags: readonly string[]): Promise<void> {
    const { zoneId } = this.#options
    for (const part of inParts(tags, TAGS_A_PURGE)) {
      const text = await this.#call(this.#purges, 'POST', `/zones/${zoneId}/purge_cache`, { tags: part })
      understood(this.name, text, (value) => done.parse(value))
    }
  }

  get #namespace(): string {
    return `/accounts/${this.#options.accountId}/storage/kv/namespaces/${this.#options.namespaceId}`
  }

  /** Keys that one storage backend did not take are named in the answer, and are written once more. */
  async #write(pairs: readonly { key: string; value: string }[]): Promise<void> {
    let left = pairs
    for (let round = 0; round < 2 && left.length > 0; round++) {
      const failed = new Set<string>()
      for (const part of inParts(left, KEYS_A_WRITE)) {
        const text = await this.#call(this.#writes, 'PUT', `${this.#namespace}/bulk`, part)
        const { result } = understood(this.name, text, (value) => written.parse(value))
        for (const key of result.unsuccessful_keys) failed.add(key)
      }
      left = left.filter(({ key }) => failed.has(key))
    }
    if (left.length > 0) {
      const keys = left.map(({ key }) => key)
      throw new EdgeError(
        'EDGE_PARTIAL',
        this.name,
        `KV did not take ${keys.length} keys: ${keys.slice(0, 10).join(', ')}`,
        { left: keys },
      )
    }
  }

  /**
   * Another one where the Worker has stopped trusting the last: a change since then may be missing in KV, so nothing from
   * before is found again. Read each time, because other processes confirm too.
   */
  async #epochAt(now: number): Promise<string> {
    const state = await this.#call(this.#writes, 'GET', `${this.#namespace}/values/state`).catch((error: unknown) => {
      if (error instanceof EdgeError && error.answer.startsWith('404')) return ''
      throw error
    })
    const [epoch = '', confirmedAt = 0] = state.split(' ')
    return epoch !== '' && now - Math.max(Number(confirmedAt), epochBornAt(epoch)) < TRUST_MS ? epoch : newEpoch(now)
  }

  async #call(limiter: RateLimiter, method: string, path: string, body?: unknown): Promise<string> {
    await limiter.turn()
    try {
      return await call({
        edge: this.name,
        url: (this.#options.api ?? API) + path,
        method,
        timeoutMs: this.#options.timeoutMs ?? TIMEOUT_MS,
        headers: {
          authorization: `Bearer ${this.#options.token}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
    } catch (error) {
      if (error instanceof EdgeError && error.code === 'EDGE_RATE_LIMITED')
        limiter.closeFor(error.retryAfterMs ?? RATE_LIMIT_PAUSE_MS)
      throw error
    }
  }
}
