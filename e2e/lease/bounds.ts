/** The bounds of the design while stores fail, in milliseconds, with the allowance for a busy machine. */

/** The index lease. */
export const LEASE_MS = 2_000
/** From a fault, or a commit after it: no answer that begins later is older. */
export const NOT_OLD_AFTER_MS = LEASE_MS + 500
/** From the commit of a change during a fault until every page shows it; until then it waits or is a 503. */
export const SHOWN_WITHIN_MS = 4_500 + 2_000
/** From the end of a fault until pages are hits that the index confirms, and edits are live. */
export const HEALED_WITHIN_MS = 5_000 + 2_000
/** From the commit of a write past the application until it is shown, with the index believed. */
export const OUTSIDE_WRITE_SHOWN_WITHIN_MS = 1_000 + 1_000
/** From a failover of Redis until an edit is delivered: 5 s, and the pause until a job is tried again. */
export const DELIVERED_WITHIN_MS = 5_000 + 5_000
