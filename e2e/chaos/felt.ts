/** Whether readers, editors or the index felt the faults of a round: a fault that nothing feels proves nothing. */
import type { Load } from '../coherence/load.ts'
import type { Writers } from '../coherence/writers.ts'

interface Counted {
  readonly load: Pick<Load, 'counts'>
  readonly writers: Pick<Writers, 'counts'>
}

/** An answer from an index that its process could not confirm. */
const UNCONFIRMED = /^STALE/

/** Signs of faults since the run began: reads without an answer, answers that were not confirmed, edits that were refused, lost or not live. */
export function signsOfFaults({ load, writers }: Counted): number {
  const { propagating, refused, unanswered } = writers.counts
  const unconfirmed = Object.entries(load.counts.byCache).filter(([cache]) => UNCONFIRMED.test(cache))
  return [...Object.values(load.counts.failures), ...unconfirmed.map(([, reads]) => reads)].reduce(
    (sum, count) => sum + count,
    propagating + refused + unanswered,
  )
}
