/**
 * Varnish with our VCL: pages are purged by xkey. It has no index, so what is published is purged, and nothing that is
 * asked for is kept until the shop has heard of it too.
 */
import type { EdgePort } from '#lib/cdn/edgePort.ts'
import { tag, type VersionedTag } from '#lib/coherence/tags.ts'
import { call } from '../call.ts'
import { EdgeError } from '../errors.ts'

const TIMEOUT_MS = 5_000
/** Keys travel in a header; Varnish takes 8 KB of one. Some 600 prices: a request costs more than its keys. */
const CHARACTERS_A_PURGE = 7_500

export interface VarnishOptions {
  /** Milliseconds that a control call may take. */
  readonly timeoutMs?: number
  readonly url: string
  readonly controlUrl?: string
  readonly secret: string
}

const tagsOf = (versions: readonly VersionedTag[]) => versions.map(({ kind, id }) => tag(kind, id))

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
  /** The names of the holds between `publish` and `settle`. One that is not found again ends by itself. */
  readonly #holds = new WeakMap<readonly VersionedTag[], string>()

  constructor(options: VarnishOptions) {
    this.#options = options
    this.url = options.url
  }

  publish(versions: readonly VersionedTag[]): Promise<void> {
    const hold = crypto.randomUUID()
    this.#holds.set(versions, hold)
    return this.#purge(tagsOf(versions), { 'x-purge-hold': hold })
  }

  settle(versions: readonly VersionedTag[]): Promise<void> {
    const hold = this.#holds.get(versions)
    return this.#purge(tagsOf(versions), hold === undefined ? {} : { 'x-purge-release': hold })
  }

  purge(tags: readonly string[]): Promise<void> {
    return this.#purge(tags, {})
  }

  async #purge(tags: readonly string[], how: Readonly<Record<string, string>>): Promise<void> {
    for (const keys of headersOf(tags)) {
      const text = await call({
        edge: this.name,
        url: `${this.#options.controlUrl ?? this.#options.url}/`,
        method: 'PURGE',
        timeoutMs: this.#options.timeoutMs ?? TIMEOUT_MS,
        headers: { 'x-purge-secret': this.#options.secret, 'xkey-purge': keys, ...how },
      })
      // Whatever else says 200 has purged nothing.
      if (!/^purged \d+\s*$/.test(text))
        throw new EdgeError('EDGE_NOT_UNDERSTOOD', this.name, `200 ${text.slice(0, 400)}`)
    }
  }
}
