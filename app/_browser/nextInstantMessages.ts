/** In place of paragraphs for developers of a shop: a link whose page cannot be prefetched whole. */
export function createLinkPrefetchPartialError(pathname: string): Error {
  return new Error(`${pathname} is prefetched in part only`)
}
