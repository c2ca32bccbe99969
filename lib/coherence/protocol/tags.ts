/**
 * The one place that spells cache tags. A page depends on tags (`price:42`) and carries versioned tags
 * (`price:42@7`): "I was made from version 7 of price 42".
 */

export const TAG_KINDS = ['price', 'product', 'category', 'catalog'] as const
export type TagKind = (typeof TAG_KINDS)[number]

/**
 * Next allows 128 tags an entry. 24 products a listing: 4 tags a product, and room for the category, the catalog and
 * Next's path tags. @see next/dist/docs/01-app/03-api-reference/04-functions/cacheTag.md
 */
export const PRODUCTS_PER_PAGE = 24

/**
 * Carried by a page of something that is no more: says nothing of what the page depends on, but that it is answered
 * with 410. Next has no way for a page to say so, and tags arrive with the entry wherever it is sent from.
 */
export const GONE_TAG = 'gone'

/** Carried by the page that is shown in place of one that does not exist: it is answered with 404. */
export const MISSING_TAG = 'missing'

/** Carried by every page of a language: a plain tag, for a language has no row and so no version. */
export function localeTag(locale: string): string {
  return `locale:${locale}`
}

export interface TagRef {
  readonly kind: TagKind
  readonly id: number
}

export interface VersionedTag extends TagRef {
  readonly version: number
}

const CATALOG_ID = 1

/** `price:42`; the catalog is one thing and has no id in its tag. */
export function tag(kind: TagKind, id: number): string {
  return kind === 'catalog' ? 'catalog' : `${kind}:${id}`
}

/** `price:42@7` */
export function versionedTag(kind: TagKind, id: number, version: number | bigint): string {
  return `${tag(kind, id)}@${version}`
}

/**
 * Both spellings, as `cacheTag(...)` wants them in a `'use cache'` function: the plain one for
 * `revalidateTag`, the versioned one for the check against the index.
 * @param version of the row, from the same query as the data
 */
export function tagsFor(kind: TagKind, id: number, version: number | bigint): [string, string] {
  return [tag(kind, id), versionedTag(kind, id, version)]
}

const PLAIN = /^(?:(price|product|category):([1-9]\d{0,9})|catalog)$/
const VERSIONED = /^(.+)@([1-9]\d{0,15})$/

/** Reads `price:42` or `catalog`. @returns undefined for a tag of somebody else's, such as Next's `_N_T_/layout` */
export function parseTag(text: string): TagRef | undefined {
  const match = PLAIN.exec(text)
  if (!match) return undefined
  if (text === 'catalog') return { kind: 'catalog', id: CATALOG_ID }
  const kind = TAG_KINDS.find((candidate) => candidate === match[1])
  return kind && { kind, id: Number(match[2]) }
}

/** Reads `price:42@7`. @returns undefined for a tag without a version */
export function parseVersionedTag(text: string): VersionedTag | undefined {
  const match = VERSIONED.exec(text)
  const ref = match?.[1] === undefined ? undefined : parseTag(match[1])
  return ref && { ...ref, version: Number(match?.[2]) }
}
