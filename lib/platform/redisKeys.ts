/** The shop's own Redis keys, beside those of the caching kernel: nothing else spells one. Runs anywhere. */

/** Seconds that a payload is kept. Its key names its version, so it is never outdated. */
export const PAYLOAD_TTL_S = 86_400

export const redisKeys = {
  /** The payload of one version of a price; immutable. */
  price: (productId: number, version: number) => `price:v4:${productId}:${version}`,
  /** Whether a product is sold, as one version of it says; immutable. */
  productStatus: (productId: number, version: number) => `product-status:v1:${productId}:${version}`,
  /** What payloads begin with. */
  payloadPrefixes: ['price:v4:', 'product-status:v1:'],
  /** Wrong passwords. @param digest of what was typed, since people type what they like */
  signIn: (what: 'pair' | 'network' | 'account', digest: string) => `sign-in:${what}:${digest}`,
  /** The monitor's proof that the index' Redis takes writes; in a cluster on the node that holds the index. */
  monitorWrite: '{ix}:monitor',
  /** BullMQ's keys begin with this. */
  queuePrefix: '{evergreen-queue}',
} as const
