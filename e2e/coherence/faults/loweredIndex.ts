/** Somebody who writes into the index by hand: right after each edit the version is back at what it was. */
import { Redis } from 'ioredis'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { tag } from '#lib/coherence/tags.ts'
import { parseTagState } from '#lib/coherence/protocol/tagState.ts'

export interface LoweredIndex {
  readonly lowered: number
  stop(): Promise<void>
}

export function lowerIndex(redisUrl: string, productId: number): LoweredIndex {
  const redis = new Redis(redisUrl)
  const key = keys.tag(tag('price', productId))
  const stopping = new AbortController()
  let lowered = 0

  async function keepLow(): Promise<void> {
    let first = 0
    while (!stopping.signal.aborted) {
      const { version } = parseTagState(await redis.get(key))
      // A tag that the index does not have is filled in by the first read.
      if (first === 0) first = version
      if (version <= first) continue
      await redis.set(key, String(first))
      lowered++
    }
    redis.disconnect()
  }
  const running = keepLow()

  return {
    get lowered() {
      return lowered
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}
