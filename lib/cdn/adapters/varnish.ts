/**
 * Varnish with our VCL: pages are purged by xkey. A published version is purged, and remembered for long enough that no page
 * with an older version is kept that was under way, or that the shop makes before its own index has the version.
 */
import type { EdgePort } from '#lib/cdn/edgePort.ts'
import { type VersionedTag, versionedTag } from '#lib/coherence/tags.ts'
import { call } from '../call.ts'
import { EdgeError } from '../errors.ts'

const TIMEOUT_MS = 5_000
/** Keys travel in a header; Varnish takes 8 KB of one. Some 600 prices: a request costs more than its keys. */
const CHARACTERS_A_PURGE = 7_500
/** Milliseconds between two moments that are remembered, and how many are. */
const MOMENTS = { everyMs: 250, most: 40 }
/** Asks for a moment, and confirms nothing. */
const NO_MOMENT = '0'

export interface VarnishOptions {
  /** Milliseconds that a control call may take. */
  readonly timeoutMs?: number
  readonly url: string
  readonly controlUrl?: string
  readonly secret: string
}

/** @returns `tags`, each once, in headers that Varnish takes */
function headersOf(tags: readonly string[]): string[] {
  const headers: string[] = []
  for (const name of new Set(tags)) {
    const longer = `${headers.at(-1) ?? ''} ${name}`
    if (headers.length > 0 && longer.length <= CHARACTERS_A_PURGE) headers[headers.length - 1] = longer
    else headers.push(name)
  }
  return headers
}

export class VarnishEdge implements EdgePort {
  readonly name = 'varnish'
  /** A purge is done when it is answered, and closes the fills that are under way. */
  readonly immediate = true
  readonly url: string
  readonly #options: VarnishOptions
  /** Moments of Varnish's own clock, and when they were heard by `performance.now()`: no clock is compared with another. */
  readonly #moments: { heardAt: number; moment: string }[] = []

  constructor(options: VarnishOptions) {
    this.#options = options
    this.url = options.url
  }

  async publish(versions: readonly VersionedTag[], confirmedAgeMs?: number): Promise<void> {
    const names = versions.map(({ kind, id, version }) => versionedTag(kind, id, version))
    if (confirmedAgeMs === undefined) return this.#purge('x-publish', names)
    const confirmed = this.#momentBefore(performance.now() - confirmedAgeMs)
    await this.#purge('x-publish', names)
    await this.#call({ 'x-confirmed': confirmed })
  }

  purge(tags: readonly string[]): Promise<void> {
    return this.#purge('xkey-purge', tags)
  }

  /** @returns by the clock of Varnish, the latest moment known to have been before `performance.now()` was `ms` */
  #momentBefore(ms: number): string {
    return this.#moments.findLast(({ heardAt }) => heardAt <= ms)?.moment ?? NO_MOMENT
  }

  async #purge(header: 'x-publish' | 'xkey-purge', tags: readonly string[]): Promise<void> {
    for (const names of headersOf(tags)) await this.#call({ [header]: names })
  }

  async #call(headers: Readonly<Record<string, string>>): Promise<void> {
    const text = await call({
      edge: this.name,
      url: `${this.#options.controlUrl ?? this.#options.url}/`,
      method: 'PURGE',
      timeoutMs: this.#options.timeoutMs ?? TIMEOUT_MS,
      headers: { 'x-purge-secret': this.#options.secret, ...headers },
    })
    const [, moment] = /^purged \d+ at (\d+\.\d+)\s*$/.exec(text) ?? []
    // Any other answer of 200 has purged nothing.
    if (moment === undefined) throw new EdgeError('EDGE_NOT_UNDERSTOOD', this.name, `200 ${text.slice(0, 400)}`)
    const heardAt = performance.now()
    if (heardAt - (this.#moments.at(-1)?.heardAt ?? -Infinity) < MOMENTS.everyMs) return
    this.#moments.push({ heardAt, moment })
    if (this.#moments.length > MOMENTS.most) this.#moments.shift()
  }
}
