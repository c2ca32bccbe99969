/** Spreads work over time: a few at once, then one after the other in even steps. */
import { setTimeout as delay } from 'node:timers/promises'

export class RateLimiter {
  readonly #stepMs: number
  readonly #burst: number
  readonly #now: () => number
  /** When the work that was let in so far would be done, one step each. */
  #until = -Infinity

  /** @param perSecond in the long run @param burst at once, after a rest @param now milliseconds of a clock that only goes forward */
  constructor(perSecond: number, burst: number, now: () => number = () => performance.now()) {
    this.#stepMs = 1_000 / perSecond
    this.#burst = burst
    this.#now = now
  }

  /** Takes a turn. @returns milliseconds until it comes */
  take(): number {
    const now = this.#now()
    this.#until = Math.max(this.#until, now) + this.#stepMs
    return Math.max(0, this.#until - now - this.#burst * this.#stepMs)
  }

  /** Settles when the turn has come. */
  async turn(): Promise<void> {
    const wait = this.take()
    if (wait > 0) await delay(wait)
  }
}
