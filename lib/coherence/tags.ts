/**
 * The one place that spells cache tags. A page depends on tags (`price:42`) and carries versioned tags
 * (`price:42@7`): "made from version 7 of price 42". Inside of the project they are objects; they are text only for Next,
 * HTTP and Redis. This file runs anywhere, in a browser and in an edge worker too.
 */

/** Answered with 410: Next has no way for a page to say so, and tags arrive with the entry, also from an edge. */
export const GONE_TAG = 'gone'

/** Carried by the page that is shown in place of one that does not exist: answered with 404. */
export const MISSING_TAG = 'missing'

/** One row that pages show. */
export interface TagRef {
  /** A resource kind, such as `price`: lower-case letters, digits and hyphens. */
  readonly kind: string
  /** A positive integer. */
  readonly id: number
}

export interface VersionedTag extends TagRef {
  readonly version: number
}

/** A version with what belongs to it, where that is known. */
export interface VersionedValue extends VersionedTag {
  /** The payload of this version, as JSON; left out where it is not known or the kind has none. */
  readonly payload?: string | undefined
}

/** `price:42` */
export function tag(kind: string, id: number): string {
  return `${kind}:${id}`
}

/** `price:42@7` */
export function versionedTag(kind: string, id: number, version: number | bigint): string {
  return `${kind}:${id}@${version}`
}

const PLAIN = /^([a-z][a-z0-9-]*):([1-9]\d{0,9})$/
const VERSIONED = /^([a-z][a-z0-9-]*):([1-9]\d{0,9})@([1-9]\d{0,15})$/

/** Reads `price:42`. @returns undefined for any other text, such as Next's `_N_T_/layout` */
export function parseTag(text: string): TagRef | undefined {
  const [, kind, id] = PLAIN.exec(text) ?? []
  return kind === undefined ? undefined : { kind, id: Number(id) }
}

/** Reads `price:42@7`. @returns undefined for a tag without a version */
export function parseVersionedTag(text: string): VersionedTag | undefined {
  const [, kind, id, version] = VERSIONED.exec(text) ?? []
  return kind === undefined ? undefined : { kind, id: Number(id), version: Number(version) }
}

/** Next takes 128 tags an entry, each of at most 256 characters. @see next/dist/lib/constants.js */
const NEXT_TAG_LENGTH = 256
const BETWEEN = '+'

/**
 * The tags that a `'use cache'` function hands to `cacheTag(...)`: as many versioned tags in each text as Next takes, so that its
 * limit of 128 texts is some 1,500 rows.
 * @example cacheTag(...cacheTags([{ kind: 'price', id: 42, version: 7 }, { kind: 'product', id: 42, version: 3 }]))
 */
export function cacheTags(versions: Iterable<VersionedTag>): string[] {
  const texts: string[] = []
  let last = ''
  for (const { kind, id, version } of versions) {
    const one = versionedTag(kind, id, version)
    const joined = last + BETWEEN + one
    if (last === '' || joined.length > NEXT_TAG_LENGTH) texts.push((last = one))
    else texts[texts.length - 1] = last = joined
  }
  return texts
}

/** `price:42,price:42@7,…` for `Cache-Tag`: a CDN purges by the plain tags, tools read the versions. */
export function cacheTagHeader(versions: Iterable<VersionedTag>): string {
  return Array.from(versions, ({ kind, id, version }) => `${tag(kind, id)},${versionedTag(kind, id, version)}`).join()
}

/** Reads a text that `cacheTags` made. @returns undefined for a tag without versions */
export function parseCacheTag(text: string): VersionedTag[] | undefined {
  if (!text.includes('@')) return undefined
  const versions = text.split(BETWEEN).flatMap((one) => parseVersionedTag(one) ?? [])
  return versions.length > 0 && cacheTags(versions).join() === text ? versions : undefined
}
