/** One look at one page, and what came of it. */
import type { Answer, Judged } from './judge.ts'
import type { ProbeTarget } from './targets.ts'

export interface ProbeTask {
  readonly target: ProbeTarget
  readonly path: string
  readonly locale: string
  /** Whose page it is; undefined for a list. */
  readonly productId: number | undefined
  /** The change that made the prober look, where one did. */
  readonly change:
    | { readonly version: number; readonly changedAt: Date; readonly correlationId: string | null }
    | undefined
  /** The languages of a change are read one after the other: only the first says how long it took. */
  readonly rank: number
}

export interface ProbeReading {
  readonly task: ProbeTask
  readonly answer: Answer
  readonly judged: Judged
  /** When the page had arrived, by the clock of Postgres. */
  readonly readAt: Date
}

export function urlOf({ target, path }: ProbeTask): string {
  return `${target.url}${path}`
}

/** The same place, looked at again. */
export function placeOf({ target, path }: ProbeTask, productId: number): string {
  return `${target.layer}:${target.name}:${path}:${productId}`
}
