/**
 * So many calls at once, then so many a second: calls of this process, such as to a vendor's API. What strangers ask for is counted
 * in Redis, by `rateLimiter` of http/rateLimit.ts.
 *
 * Ours: `p-throttle` knows windows, lets no caller ask how much may be done now, and cannot be closed by what a vendor answers. The
 * kernel, which imports nothing of ours, paces its renders with twenty lines of its own.
 */
import { setTimeout as delay } from 'node:timers/promises'

export class RateLimiter {
  readonly #burst: number
  readonly #perSecond: number
  #tokens: number
  #at = performance.now()
  #closedUntil = 0

  /** @param burst how many calls may come at once after a rest */
  constructor({ burst, perSecond }: { readonly burst: number; readonly perSecond: number }) {
    this.#burst = burst
    this.#perSecond = perSecond
    this.#tokens = burst
  }

  /** Takes a turn; settles when it has come. */
  async turn(): Promise<void> {
    this.#refill()
    this.#tokens--
    const owed = this.#tokens < 0 ? (-this.#tokens / this.#perSecond) * 1_000 : 0
    const pauseMs = Math.max(owed, this.#closedUntil - performance.now())
    if (pauseMs > 0) await delay(pauseMs)
  }

  /** @returns how many of `wanted` calls may be made now; they are taken */
  takeUpTo(wanted: number): number {
    this.#refill()
    const taken = Math.max(0, Math.min(wanted, Math.floor(this.#tokens)))
    this.#tokens -= taken
    return taken
  }

  /** No turn comes for so long: the vendor's word that there are too many counts for more than our count. */
  closeFor(ms: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, performance.now() + ms)
    this.#tokens = Math.min(this.#tokens, 0)
  }

  #refill(): void {
    const now = performance.now()
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#at) / 1_000) * this.#perSecond)
    this.#at = now
  }
}
