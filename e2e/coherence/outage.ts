/** The time at which a write past the application must be visible: the relay advances the index, unless it is dead. */
import type { Live } from './history.ts'

/** Milliseconds from the commit of a write past the application until every reader must see it. */
export const SQL_LIVE_WITHIN_MS = 1_000
/** Milliseconds from the end of an outage until everything equals Postgres. */
export const CONVERGED_WITHIN_MS = 5_000

/** Milliseconds from a commit during an outage until no reader may be shown less, where that does not wait for its end. */
export interface Bounds {
  readonly web?: number
  readonly edge?: number
}

type Due = (at: number, place?: Live['place']) => void

export class Outage {
  readonly #bounds: Bounds
  readonly #times: { readonly from: number; to: number }[] = []
  #lastLiveAt = 0
  /** Writes during a recovery are due with it. */
  #recoveredAt = 0
  #begun = false
  #waiting: Due[] = []

  constructor(bounds: Bounds = {}) {
    this.#bounds = bounds
  }

  /** Calls `live` with the moment, once that is certain; again where it is earlier or of another place. */
  liveWithinBounds(committedAt: number, live: Due): void {
    if (!this.#begun) return this.#live(Math.max(committedAt + SQL_LIVE_WITHIN_MS, this.#recoveredAt), live)
    const { web, edge } = this.#bounds
    if (web !== undefined) this.#live(committedAt + web, live, 'web')
    if (edge !== undefined) this.#live(committedAt + edge, live, 'edge')
    this.#waiting.push(live)
  }

  /** Called SQL_LIVE_WITHIN_MS before the relay is killed: earlier commits have had their time. */
  begin(): void {
    this.#begun = true
    this.#times.push({ from: performance.now(), to: Infinity })
  }

  /** The cause of the outage is gone: everything is due in CONVERGED_WITHIN_MS, whether `heal` is called by then or not. */
  recover(): void {
    this.#begun = false
    this.#recoveredAt = performance.now() + CONVERGED_WITHIN_MS
    this.#endAt(this.#recoveredAt)
    for (const live of this.#waiting.splice(0)) this.#live(this.#recoveredAt, live)
  }

  /** The relay answers again. */
  heal(): void {
    if (this.#begun) this.recover()
    this.#recoveredAt = 0
    this.#endAt(performance.now())
  }

  /** @returns when the outage began in whose time, or in the time to mend it, `at` is */
  since(at: number): number | undefined {
    return this.#times.findLast(({ from, to }) => from <= at && at < to)?.from
  }

  /** Whether one outage, with the time to mend it, lasted from `from` to `to`. */
  covers(from: number, to: number): boolean {
    return this.#times.some((time) => time.from <= from && to < time.to)
  }

  /** Milliseconds until everything that was written must be visible. */
  get remainingMs(): number {
    return Math.max(0, this.#lastLiveAt - performance.now())
  }

  #endAt(at: number): void {
    const last = this.#times.at(-1)
    if (last) last.to = Math.min(last.to, at)
  }

  #live(at: number, live: Due, place?: Live['place']): void {
    this.#lastLiveAt = Math.max(this.#lastLiveAt, at)
    live(at, place)
  }
}
