/**
 * Connects the edge to the kernel as its outer cache. The edge gets each version before the shop's index does. So a
 * visitor who has seen the new price anywhere sees no older price at the edge afterwards. A call never waits long: an
 * edge that refuses delays no request.
 */
import pTimeout from 'p-timeout'
import type { OuterCache } from '#lib/coherence/index.ts'
import type { VersionedTag } from '#lib/coherence/tags.ts'
import { logger } from '#lib/platform/logger.ts'
import type { EdgePort } from './edgePort.ts'
import { publishEach } from './publishEach.ts'

/**
 * Milliseconds that an edit waits for the edge: it has a second in all. It need not grow with the edit: 20,000 versions take
 * Varnish 70 ms, and our Worker 10.
 */
const TIMEOUT_MS = 500
/** Milliseconds that a failing edge is left alone by edits; the job and the confirmation go on trying. */
const PAUSE_MS = 2_000

export class EdgeVersions implements OuterCache {
  readonly #edge: () => EdgePort | undefined
  #failedAt = -Infinity
  /** Since its last answer; said in the log once. */
  #failing = false

  /** @param edge undefined where there is none: then there is nothing to notify */
  constructor(edge: () => EdgePort | undefined) {
    this.#edge = edge
  }

  beforeIndex(versions: readonly VersionedTag[]): Promise<boolean> {
    return this.#notify(versions, async (port) => (await publishEach(port, versions)).length)
  }

  afterIndex(versions: readonly VersionedTag[]): Promise<boolean> {
    return this.#notify(versions, async (port) => {
      await port.settle?.(versions)
      return 0
    })
  }

  /** @param send returns how many versions the edge did not take: an answer for them alone, and no sign that it is away */
  async #notify(versions: readonly VersionedTag[], send: (port: EdgePort) => Promise<number>): Promise<boolean> {
    const port = this.#edge()
    if (!port?.immediate || versions.length === 0) return true
    if (performance.now() - this.#failedAt < PAUSE_MS) return false
    try {
      const refused = await pTimeout(send(port), {
        milliseconds: TIMEOUT_MS,
        message: `no answer within ${TIMEOUT_MS} ms`,
      })
      this.#failing = false
      return refused === 0
    } catch (error) {
      this.#failedAt = performance.now()
      if (!this.#failing)
        logger('edge').warn(
          { err: error, edge: port.name, versions: versions.length },
          'the edge was not notified before the edit is live; the job will',
        )
      this.#failing = true
      return false
    }
  }
}
