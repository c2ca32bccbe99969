/**
 * The head of the index: how many changes it has taken, as one number that only grows. Its upper part is the term, so a server that
 * goes on from an earlier state cannot come to the same head with other changes. The head is used as a moment: a revalidation at a
 * head outdates every entry whose render began at that head or before, however much the clocks of servers differ.
 */
const CHANGES_A_TERM = 2 ** 32

/** Before every revalidation, and after none: the state of a tag that was never revalidated has 0. */
export const BEFORE_ALL = 1

/** The first head of a term. */
export function firstHead(term: number): number {
  return term * CHANGES_A_TERM
}

/** The term that a head belongs to. */
export function termOfHead(head: number): number {
  return Math.floor(head / CHANGES_A_TERM)
}
