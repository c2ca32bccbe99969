/** Varnish with our VCL: pages are purged by xkey. It has no index, so what is published is purged. */
import type { EdgePort } from '#lib/freshness/edgePort.ts'
import { tag } from '#lib/freshness/tags.ts'
import { call, inParts } from '../call.ts'
import { EdgeError } from '../errors.ts'
import { readEdge } from '../readEdge.ts'

const TIMEOUT_MS = 5_000
/** Keys travel in a header; Varnish takes 8 KB of one. */
export const TAGS_A_PURGE = 200

export interface VarnishOptions {
  /** Milliseconds that a control call may take. */
  readonly timeoutMs?: number
  readonly url: string
  readonly controlUrl?: string
  readonly secret: string
}

export class VarnishEdge implements EdgePort {
  readonly name = 'varnish'
  /** A purge is done when it is answered; only a fill that was under way survives it, until the second purge. */
  readonly immediate = true
  readonly #options: VarnishOptions

  constructor(options: VarnishOptions) {
    this.#options = options
  }

  publish(versions: Parameters<EdgePort['publish']>[0]): Promise<void> {
    return this.purge(versions.map(({ kind, id }) => tag(kind, id)))
  }

  async purge(tags: readonly string[]): Promise<void> {
    for (const part of inParts([...new Set(tags)], TAGS_A_PURGE)) {
      const text = await call({
        edge: this.name, url: `${this.#options.controlUrl ?? this.#options.url}/`, method: 'PURGE', timeoutMs: this.#options.timeoutMs ?? TIMEOUT_MS,
        headers: { 'x-purge-secret': this.#options.secret, 'xkey-purge': part.join(' ') },
      })
      // Whatever else says 200 has purged nothing.
      if (!/^purged \d+\s*$/.test(text)) throw new EdgeError('EDGE_NOT_UNDERSTOOD', this.name, `200 ${text.slice(0, 400)}`)
    }
  }

  read(path: string): ReturnType<EdgePort['read']> {
    return readEdge(this.#options.url, path)
  }
}
