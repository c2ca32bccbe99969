/**
 * The names of amounts in the public contract: JSON, files and pages say `amountCents` in every currency, for programs that
 * read it since there was only the euro. Inside, an amount of minor units is `amountMinor`. Bulk edits
 * (`lib/pricing/bulk`) speak the names of their contract throughout: their drafts, rows and summaries are that JSON.
 */

/** The ending of an amount's name inside. */
const OURS = 'Minor'
const THEIRS = 'Cents'
type Ours = typeof OURS
type Theirs = typeof THEIRS

/** With the names of the contract. */
export type Wire<T> = { [K in keyof T as K extends `${infer Name}${Ours}` ? `${Name}${Theirs}` : K]: T[K] }
/** With the names that the code has. */
export type Unwired<T> = { [K in keyof T as K extends `${infer Name}${Theirs}` ? `${Name}${Ours}` : K]: T[K] }

function renamed(value: object, from: string, to: string): object {
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name.endsWith(from) ? name.slice(0, -from.length) + to : name,
      field,
    ]),
  )
}

/** A price, a change or a result for programs outside. Its own fields alone, not those of objects in it. */
export function toWire<T extends object>(value: T): Wire<T>
export function toWire(value: object): object {
  return renamed(value, OURS, THEIRS)
}

/** A value of a program outside, with our names. */
export function fromWire<T extends object>(value: T): Unwired<T>
export function fromWire(value: object): object {
  return renamed(value, THEIRS, OURS)
}

/** A path into a request, as its sender wrote it. @example wireField('changes[0].amountMinor') // '….amountCents' */
export function wireField(path: string): string {
  return path.endsWith(OURS) ? path.slice(0, -OURS.length) + THEIRS : path
}
