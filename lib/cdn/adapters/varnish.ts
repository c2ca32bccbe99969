/**
 * Varnish with our VCL: pages are purged by xkey. It has no index, so what is published is purged, and nothing that is
 * asked for is kept until the shop has heard of it too.
 */
import type { EdgePort } from '#lib/cdn/edgePort.ts'
import { tag, versionedTag, type VersionedTag } from '#lib/coherence/tags.ts'
import { call, inParts } from '../call.ts'
import { EdgeError } from '../errors.ts'

const TIMEOUT_MS = 5_000
/** Keys travel in a header; Varnish takes 8 KB of one. */
const TAGS_A_PURGE = 200

export interface VarnishOptions {
  /** Milliseconds that a control call may take. */
  readonly timeoutMs?: number
  readonly url: string
  readonly controlUrl?: string
  readonly secret: string
}

const tagsOf = (versions: readonly VersionedTag[]) => versions.map(({ kind, id }) => tag(kind, id))
const nameOf = ([first]: readonly VersionedTag[]) => (first ? versionedTag(first.kind, first.id, first.version) : '')

export class VarnishEdge implements EdgePort {
  readonly name = 'varnish'
  /** A purge is done when it is answered, and closes the fills that are under way. */
  readonly immediate = true
  readonly url: string
  readonly #options: VarnishOptions

  constructor(options: VarnishOptions) {
    this.#options = options
    this.url = options.url
  }

  publish(versions: readonly VersionedTag[]): Promise<void> {
    return this.#purge(tagsOf(versions), { 'x-purge-hold': nameOf(versions) })
  }

  /** Only who held last releases: another edit may be between the two. */
  settle(versions: readonly VersionedTag[]): Promise<void> {
    return this.#purge(tagsOf(versions), { 'x-purge-release': nameOf(versions) })
  }

  purge(tags: readonly string[]): Promise<void> {
    return this.#purge(tags, {})
  }

  async #purge(tags: readonly string[], how: Readonly<Record<string, string>>): Promise<void> {
    for (const part of inParts([...new Set(tags)], TAGS_A_PURGE)) {
      const text = await call({
        edge: this.name,
        url: `${this.#options.controlUrl ?? this.#options.url}/`,
        method: 'PURGE',
        timeoutMs: this.#options.timeoutMs ?? TIMEOUT_MS,
        headers: { 'x-purge-secret': this.#options.secret, 'xkey-purge': part.join(' '), ...how },
      })
      // Whatever else says 200 has purged nothing.
      if (!/^purged \d+\s*$/.test(text))
        throw new EdgeError('EDGE_NOT_UNDERSTOOD', this.name, `200 ${text.slice(0, 400)}`)
    }
  }
}
