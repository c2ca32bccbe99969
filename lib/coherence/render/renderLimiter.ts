/**
 * Work that takes turns: so many at once, the rest in the order in which it came. Renders share one thread, so more of
 * them are not done sooner, but each of them later; and one that takes long is outdated by the next edit before it is
 * stored.
 */
import pLimit, { type LimitFunction } from 'p-limit'
import { FreshnessError } from '../protocol/errors.ts'

export class RenderLimiter {
  readonly #limit: LimitFunction
  readonly #withinMs: number

  /** @param withinMs whoever has no turn by then is turned away: it would wait longer than anybody does */
  constructor(atOnce: number, withinMs: number) {
    this.#limit = pLimit(atOnce)
    this.#withinMs = withinMs
  }

  /** @throws {FreshnessError} NOT_VERIFIED when no turn came in time; then `work` is not begun any more */
  take<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let waits = true
      const timer = setTimeout(() => {
        waits = false
        reject(new FreshnessError('NOT_VERIFIED', `no turn to render within ${this.#withinMs} ms`, { retryable: true }))
      }, this.#withinMs)
      void this.#limit(async () => {
        clearTimeout(timer)
        if (waits) await work().then(resolve, reject)
      })
    })
  }
}
