/** Finds stale reads and their age: a pure function of what was written and what was read. */
import type { Row } from './strategy.ts'

/** A new price; times are milliseconds of one clock. */
export interface Commit extends Row {
  readonly phase: string
  readonly committedAt: number
  /** When it was acknowledged; of a writer that died, when it was committed. */
  acknowledgedAt: number
}

export interface Reading extends Row {
  readonly began: number
}

export interface StaleRead {
  /** In which the price was committed that it did not show. */
  readonly phase: string
  /** Milliseconds from the first commit that it did not show to its begin. */
  readonly behindMs: number
}

/** A read is stale when it began after a newer price was acknowledged. */
export function staleReads(commits: readonly Commit[], readings: readonly Reading[]): StaleRead[] {
  const histories = new Map<number, Commit[]>()
  for (const commit of commits) histories.set(commit.id, [...(histories.get(commit.id) ?? []), commit])
  for (const history of histories.values()) history.sort((one, other) => one.amount - other.amount)
  return readings.flatMap(({ id, amount, began }) => {
    const newer = (histories.get(id) ?? []).filter((commit) => commit.amount > amount)
    const [missed] = newer
    if (!missed || !newer.some(({ acknowledgedAt }) => acknowledgedAt <= began)) return []
    return [{ phase: missed.phase, behindMs: began - missed.committedAt }]
  })
}
