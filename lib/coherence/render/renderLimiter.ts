/**
 * Limits how many renders run at once; the others wait in their order. Renders share one thread, so with more at once each is done
 * later. A slow one is outdated by the next edit before it is stored.
 */
import pLimit, { type LimitFunction } from 'p-limit'
import { FreshnessError } from '../protocol/errors.ts'

export interface RenderLimits {
  readonly atOnce: number
  /** Milliseconds after which a waiting render is turned away: no visitor waits longer. */
  readonly withinMs: number
  /** A request beyond this queue is turned away at once: it would only make all of them wait longer. */
  readonly mostWaiting: number
}

export class RenderLimiter {
  readonly #limit: LimitFunction
  readonly #limits: RenderLimits

  constructor(limits: RenderLimits) {
    this.#limit = pLimit(limits.atOnce)
    this.#limits = limits
  }

  /** @throws {FreshnessError} NO_TURN when too many wait, or no turn came in time; then `work` is not begun any more */
  take<T>(work: () => Promise<T>): Promise<T> {
    const { withinMs, mostWaiting } = this.#limits
    if (this.#limit.pendingCount >= mostWaiting) return Promise.reject(noTurn(`${mostWaiting} wait already`))
    return new Promise((resolve, reject) => {
      let waits = true
      const timer = setTimeout(() => {
        waits = false
        reject(noTurn(`no turn to render within ${withinMs} ms`))
      }, withinMs)
      void this.#limit(async () => {
        clearTimeout(timer)
        if (waits) await work().then(resolve, reject)
      })
    })
  }
}

const noTurn = (message: string) => new FreshnessError('NO_TURN', message, { retryable: true })
