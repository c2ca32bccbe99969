/** The shop's own Redis keys, beside those of the caching kernel: nothing else spells one. Runs anywhere. */

export const redisKeys = {
  /** Wrong passwords, and codes that were used. @param digest of what was typed, since people type what they like */
  signIn: (what: 'pair' | 'network' | 'account' | 'code', digest: string) => `sign-in:${what}:${digest}`,
  /** Questions for an order, and forms of the checkout. @param of digest of one network, or `all` */
  orders: (act: 'lookup' | 'placing', of: string) => `orders:${act}:${of}`,
  /** The points of visitors' requests that no cache answers. @param of digest of one network, or `all` */
  requests: (of: string) => `requests:${of}`,
  /** A picture of a shared link that was drawn, and its name before it. */
  picture: (place: number) => `picture:${place}`,
  /** The monitor's proof that the index' Redis takes writes; in a cluster on the node that holds the index. */
  monitorWrite: '{ix}:monitor',
  /** BullMQ's keys begin with this. */
  queuePrefix: '{evergreen-queue}',
} as const

/** The keys above, as an access list of Redis names them: of all processes, of web instances alone, and beside bodies. */
export const REDIS_PATTERNS = {
  shared: [`${redisKeys.queuePrefix}:*`],
  visitors: ['sign-in:*', 'orders:*', 'requests:*'],
  bodies: ['picture:*'],
} as const
