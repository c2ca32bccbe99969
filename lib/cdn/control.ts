/** The requests and answers of our Worker's control endpoint; spelled here for both ends. */

export const CONTROL = { publish: '/__edge/publish', purge: '/__edge/purge' } as const

/**
 * Tags a call: each is one write to KV, of about a millisecond. An edit waits half a second for the edge, so one of more
 * drops all pages by one mark, which takes ten milliseconds.
 */
export const TAGS_A_CALL = 100

export interface PublishCall {
  /** `price:42` to 8. */
  readonly versions: readonly (readonly [tag: string, version: number])[]
  /** Everything that was committed so many milliseconds before the call has been published. */
  readonly confirm?: { readonly ageMs: number }
}

/** The most tags that no edit waits for: above so many it costs less to ask the shop for everything once than to write a key for each. */
export const MOST_TAGS = 500

/** Milliseconds: the longest hold that a call may ask for. */
export const LONGEST_HOLD_MS = 10_000

export interface PurgeCall {
  readonly tags: readonly string[] | '*'
  /** With `*`: nothing that the shop is asked for within so many milliseconds is kept either. */
  readonly holdMs?: number
}

/** The contents of KV afterwards, read back: an answer without it did not come from the Worker. */
export interface ControlAnswer {
  /** Another one than before: the index was lost and starts anew. */
  readonly epoch: string
  readonly versions: readonly (readonly [tag: string, version: number])[]
}
