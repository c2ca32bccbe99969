/** The cost of a request for its network, in points: about a millisecond of a core each. Hits of the page cache cost none. */

const STREAM = /^\/api\/prices\/stream(?:\?|$)/
const COSTS: readonly (readonly [RegExp, number])[] = [
  // Session, permission and origin are checked before anything is done.
  [/^\/api\/(?:admin|internal)\//, 0],
  // A drawing.
  [/^\/og\//, 10],
  [STREAM, 5],
  [/^\/[a-z]{2}\/search(?:\?|$)/, 10],
  // The one page of the back office that is rendered for a stranger.
  [/^\/admin\/sign-in(?:\?|$)/, 5],
]

/** @param url of a request that no cache answers */
export function costOf(url: string): number {
  return COSTS.find(([address]) => address.test(url))?.[1] ?? 1
}

export function isStream(url: string): boolean {
  return STREAM.test(url)
}
