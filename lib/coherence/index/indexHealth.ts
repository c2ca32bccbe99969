/**
 * Whether the index in Redis may be believed. After any loss of the connection it is not, until everything that
 * changed meanwhile has been applied again: a writer that could not advance, a Redis that came back empty or with
 * yesterday's data does no harm.
 */
import type { Log } from '../ports.ts'

/** Seconds added to an outage when changes are applied again: the longest transaction, and clocks. */
const RESYNC_MARGIN_S = 300
const RETRY_AFTER_MS = 250

export class IndexHealth {
  readonly #resync: (seconds: number) => Promise<number>
  readonly #log: Log
  #believed = false
  /** Counts losses, so that one during a resync is not forgotten at its end. */
  #losses = 0
  #lostAt = performance.now()
  #retryAt = 0
  #resyncing: Promise<void> | undefined

  /** @param resync applies what changed in the last `seconds`; returns how much that was, or throws while Redis is away */
  constructor(resync: (seconds: number) => Promise<number>, log: Log) {
    this.#resync = resync
    this.#log = log
  }

  get believed(): boolean {
    return this.#believed
  }

  /** A command failed, or the connection closed. */
  lose(): void {
    if (this.#believed) this.#lostAt = performance.now()
    this.#believed = false
    this.#losses++
  }

  /** @returns whether Redis may be asked; if not, sees to it that it soon may, and waits for nothing */
  check(): boolean {
    if (!this.#believed && !this.#resyncing && performance.now() >= this.#retryAt) {
      this.#resyncing = this.#attempt().finally(() => {
        this.#retryAt = performance.now() + RETRY_AFTER_MS
        this.#resyncing = undefined
      })
    }
    return this.#believed
  }

  /** Resolves when the attempt under way, if any, has ended. */
  async settled(): Promise<void> {
    await this.#resyncing
  }

  async #attempt(): Promise<void> {
    const losses = this.#losses
    const outage = (performance.now() - this.#lostAt) / 1000
    try {
      const applied = await this.#resync(outage + RESYNC_MARGIN_S)
      if (losses !== this.#losses) return
      this.#believed = true
      this.#log.info({ applied, outageSeconds: Math.round(outage) }, 'version index is trusted')
    } catch (error) {
      this.#log.debug({ err: error }, 'version index cannot be reached')
    }
  }
}
