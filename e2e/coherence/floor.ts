/** Milliseconds: no read takes longer, so what was superseded before that is forgotten. */
export const LONGEST_READ_MS = 60_000
/** Superseded steps are let go so many at a time. */
const FORGOTTEN_AT_ONCE = 64

interface Step<Cause> {
  readonly at: number
  readonly version: number
  readonly cause: Cause
}

/**
 * The lowest version that may still be seen, as a function of time: it only rises. It keeps the steps that a read
 * under way can still ask for, however many there were.
 */
export class Floor<Cause> {
  #steps: Step<Cause>[] = []

  /** From `at` on, the floor is at least `version`. Steps may come in any order of time. */
  raise(at: number, version: number, cause: Cause): void {
    let i = this.#steps.length
    while (i > 0 && (this.#steps[i - 1]?.at ?? 0) > at) i--
    if ((this.#steps[i - 1]?.version ?? -1) >= version) return
    let covered = i
    while ((this.#steps[covered]?.version ?? Infinity) <= version) covered++
    this.#steps.splice(i, covered - i, { at, version, cause })
    this.#forget(at - LONGEST_READ_MS)
  }

  /** The number of steps kept. */
  get size(): number {
    return this.#steps.length
  }

  /** @returns the highest step at or before `time` */
  at(time: number): Step<Cause> | undefined {
    for (let i = this.#steps.length - 1; i >= 0; i--) {
      const step = this.#steps[i]
      if (step && step.at <= time) return step
    }
    return undefined
  }

  #forget(before: number): void {
    let superseded = 0
    while ((this.#steps[superseded + 1]?.at ?? Infinity) <= before) superseded++
    if (superseded >= FORGOTTEN_AT_ONCE) this.#steps = this.#steps.slice(superseded)
  }
}
