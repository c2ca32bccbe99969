/** Finds each tag in the list of an `If-None-Match` header. Each is quoted, and a comma may be within the quotes. */
const TAGS = /(?:W\/)?"([^"]*)"/g
const OPAQUE = /^(?:W\/)?"([^"]*)"$/

/**
 * Whether the client's copy is still good, so that the answer is 304. Compares weakly, as RFC 9110 asks of GET and HEAD (13.1.2):
 * `W/"a"` and `"a"` are the same.
 * @param header `If-None-Match`: a tag, a list of tags, or `*` for any
 * @param etag of the answer; null or undefined where it has none
 */
export function hasCurrentCopy(header: string | null, etag: string | null | undefined): boolean {
  const own = OPAQUE.exec(etag ?? '')?.[1]
  if (header === null || own === undefined) return false
  return header.trim() === '*' || [...header.matchAll(TAGS)].some(([, tag]) => tag === own)
}
