/**
 * The record of a run. Times are milliseconds of `performance.now()` in the one process that makes all requests, so
 * that "before" and "after" mean something.
 */

/** One price in a response. */
export interface Shown {
  readonly productId: number
  readonly version: number
  readonly amountCents: number
}

export interface Read {
  /** The client: a client sees its own reads in order. */
  readonly client: string
  readonly url: string
  /** The origin that was asked: one instance, or the port that they share. */
  readonly instance: string
  readonly start: number
  readonly end: number
  /** True for an answer that says of itself that it was confirmed a moment ago, and not now: `x-cache: STALE`. */
  readonly stale?: boolean
  /** Every price that the response shows, once each. */
  readonly shown: readonly Shown[]
  /** The places in which the response contradicts itself. */
  readonly torn: readonly string[]
}

export interface Write extends Shown {
  readonly client: string
  readonly channel: 'api' | 'sql'
  /** True for an edit that was answered with "still propagating": its editor was promised nothing yet. */
  readonly propagating?: boolean
  readonly start: number
  /** When the answer was there; for SQL, when the commit was. */
  readonly end: number
}

/** From `at` on, no read that starts may return less. */
export interface Live {
  readonly productId: number
  readonly version: number
  readonly at: number
  /** Where that holds; both where it is left out. */
  readonly place?: 'web' | 'edge' | undefined
}

/** A line of an order, or of the form that its shopper accepted. */
export interface Line extends Shown {
  readonly quantity: number
}

/** An order that was placed, as its page says. It is a read of its prices, too. */
export interface Ordered {
  readonly client: string
  readonly instance: string
  readonly start: number
  readonly end: number
  /** The cart that it was made of. */
  readonly cart: string
  readonly number: string
  /** The lines of the form when it was sent. */
  readonly accepted: readonly Line[]
  readonly lines: readonly Line[]
}

/** The quantity of each product before the first order, and after the last. */
export interface Stocked {
  readonly productId: number
  readonly before: number
  readonly after: number
}

/** A write of several products: what it made, or of which it is not known yet. */
interface Together {
  readonly products: readonly number[]
  /** Undefined until it has been answered: the same array of products ends it. */
  readonly versions?: readonly number[]
}

export type HistoryEvent =
  | { readonly type: 'together'; readonly together: Together }
  | { readonly type: 'read'; readonly read: Read }
  | { readonly type: 'order'; readonly order: Ordered }
  | { readonly type: 'write'; readonly write: Write }
  | { readonly type: 'live'; readonly live: Live }

/** A row of `price_changes`. */
export type Committed = Shown

/** The invariants of the promise, by their number in the design. */
export const INVARIANTS = {
  stale: 'a read that starts after an edit is live returns at least its version',
  backwards: 'no client sees a version go backwards',
  'own-write': 'the editor sees the edit on the first read after it',
  overtaken: 'a read that starts after any other has ended shows nothing older',
  invented: 'every version shown was committed',
  half: 'a read shows all of a commit or nothing of it',
  torn: 'amount and version belong together in every place',
  unaccepted: 'an order has what its shopper accepted: products, quantities, versions, amounts',
  refused: 'a page that cannot be shown is a 503, and nothing else',
  doubled: 'a cart makes one order',
  oversold: 'stock and orders together stay the same, and stock is never below zero',
} as const

export type Invariant = keyof typeof INVARIANTS

/** The smallest history that shows the violation: one read, and the one event that it contradicts. */
export interface Violation {
  readonly invariant: Invariant
  readonly productId: number
  readonly read: Omit<Read, 'shown' | 'torn'>
  readonly shown: Shown | undefined
  readonly against: string
}
