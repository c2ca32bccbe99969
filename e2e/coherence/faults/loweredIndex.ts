/** A program that writes into the index: right after each edit the version and its payload are back at what they were. */
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
    let first: string | undefined
    while (!stopping.signal.aborted) {
      const now = await redis.get(key)
      // A tag that the index does not have is filled in by the first read, and so is its payload.
      if (first === undefined && parseTagState(now).payload !== undefined) first = now ?? undefined
      if (first === undefined || parseTagState(now).version <= parseTagState(first).version) continue
      // A head without an entry in the log: its followers read everything again.
      await redis.multi().set(key, first).incr(keys.head).exec()
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
