/** What the control endpoint of our Worker takes and answers; spelled here for both ends. */

export const CONTROL = { publish: '/__edge/publish', purge: '/__edge/purge' } as const

/** Tags a call: each is one write to KV. */
export const TAGS_A_CALL = 100

export interface PublishCall {
  /** `price:42` to 8. */
  readonly versions: readonly (readonly [tag: string, version: number])[]
  /** Everything that was committed so many milliseconds before the call has been published. */
  readonly confirm?: { readonly ageMs: number }
}

/** Beyond so many, more than one request can change, it costs less to ask the shop for everything once than to write a key for each. */
export const MOST_TAGS = 500

export interface PurgeCall {
  readonly tags: readonly string[] | '*'
}

/** What KV holds afterwards, read back: an answer without it did not come from the Worker. */
export interface ControlAnswer {
  /** Another one than before: the index was lost and starts anew. */
  readonly epoch: string
  readonly versions: readonly (readonly [tag: string, version: number])[]
}
