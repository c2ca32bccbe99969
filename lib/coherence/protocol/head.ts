/**
 * The head of the index: how many changes it has taken, as one number that only grows. Its upper part is the term, so that a
 * server which goes on from an earlier state cannot come to the same head with other changes. It stands for a moment: what is
 * revalidated at one head is every entry that began at that head or before, however the clocks of servers differ.
 */
const CHANGES_A_TERM = 2 ** 32

/** The first head of a term. */
export function firstHead(term: number): number {
  return term * CHANGES_A_TERM
}

/** The term that a head belongs to. */
export function termOfHead(head: number): number {
  return Math.floor(head / CHANGES_A_TERM)
}
