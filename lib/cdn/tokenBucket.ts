/** A token bucket: so many calls at once, then so many a second. A call that comes too early waits for its turn. */
import { setTimeout as wait } from 'node:timers/promises'

export class TokenBucket {
  readonly #size: number
  readonly #perSecond: number
  #tokens: number
  #at = performance.now()
  /** Until then the vendor's word that the bucket is empty counts for more than our count. */
  #closedUntil = 0

  constructor({ size, perSecond }: { size: number; perSecond: number }) {
    this.#size = size
    this.#perSecond = perSecond
    this.#tokens = size
  }

  /** Takes one token; settles when it is there. */
  async take(): Promise<void> {
    this.#refill()
    this.#tokens--
    const owed = this.#tokens < 0 ? (-this.#tokens / this.#perSecond) * 1_000 : 0
    const pauseMs = Math.max(owed, this.#closedUntil - performance.now())
    if (pauseMs > 0) await wait(pauseMs)
  }

  /** No call gets a token for so long. */
  closeFor(ms: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, performance.now() + ms)
    this.#tokens = Math.min(this.#tokens, 0)
  }

  #refill(): void {
    const now = performance.now()
    this.#tokens = Math.min(this.#size, this.#tokens + ((now - this.#at) / 1_000) * this.#perSecond)
    this.#at = now
  }
}
