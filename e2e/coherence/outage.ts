/** The time at which a write past the application must be visible: the relay advances the index, unless it is dead. */

/** Milliseconds from the commit of a write past the application until every reader must see it. */
export const SQL_LIVE_WITHIN_MS = 1_000
/** Milliseconds from the end of an outage until everything equals Postgres. */
export const CONVERGED_WITHIN_MS = 5_000

export class Outage {
  readonly #duringMs: number | undefined
  #lastLiveAt = 0
  /** Writes during a recovery are due with it. */
  #recoveredAt = 0
  #begun = false
  #waiting: ((at: number) => void)[] = []

  /** @param duringMs from a commit during the outage until no reader may be shown less, where that does not wait for its end */
  constructor(duringMs?: number) {
    this.#duringMs = duringMs
  }

  /** Calls `live` with the moment, once that is certain. */
  liveWithinBounds(committedAt: number, live: (at: number) => void): void {
    if (this.#begun && this.#duringMs !== undefined) this.#live(committedAt + this.#duringMs, live)
    else if (this.#begun) this.#waiting.push(live)
    else this.#live(Math.max(committedAt + SQL_LIVE_WITHIN_MS, this.#recoveredAt), live)
  }

  /** Called SQL_LIVE_WITHIN_MS before the relay is killed: earlier commits have had their time. */
  begin(): void {
    this.#begun = true
  }

  /** The cause of the outage is gone: everything is due in CONVERGED_WITHIN_MS, whether `heal` is called by then or not. */
  recover(): void {
    this.#begun = false
    this.#recoveredAt = performance.now() + CONVERGED_WITHIN_MS
    for (const live of this.#waiting.splice(0)) this.#live(this.#recoveredAt, live)
  }

  /** The relay answers again. */
  heal(): void {
    if (this.#begun) this.recover()
    this.#recoveredAt = 0
  }

  /** Milliseconds until everything that was written must be visible. */
  get remainingMs(): number {
    return Math.max(0, this.#lastLiveAt - performance.now())
  }

  #live(at: number, live: (at: number) => void): void {
    this.#lastLiveAt = Math.max(this.#lastLiveAt, at)
    live(at)
  }
}
