/**
 * Decides whether bodies may still be written to a Redis that they share with index and queue. A server that evicts nothing refuses every
 * write once it is full, also those of index and queue, so bodies leave them room. A server that evicts makes room by itself; one
 * without `maxmemory` has no limit to keep.
 */
import { Cluster } from 'ioredis'
import { unmeasured, type MetricsSink, type RedisClient } from '../ports.ts'

/** Shares of `maxmemory`. */
export const BODY_ROOM = { writeBelow: 0.8, clearAbove: 0.9 } as const

/** The lifetime of a look, in milliseconds and in bodies: a megabyte at most is written in between. */
const LOOK_EVERY = { ms: 500, bodies: 16 } as const

const SHARE = {
  name: 'body_redis_used_ratio',
  help: 'Of maxmemory, what the Redis of bodies uses; 0 where it evicts or has no limit',
}
const REFUSED = { name: 'bodies_not_shared_total', help: 'Bodies that were not written, to leave Redis room' }

/**
 * @returns the part of `maxmemory` that is used, as Redis counts it when it refuses a write; of a cluster, of its fullest primary.
 *   0 where the server evicts or has no limit
 * @throws when it does not answer
 */
export async function usedShare(redis: RedisClient): Promise<number> {
  const servers = redis instanceof Cluster ? redis.nodes('master') : [redis]
  return Math.max(0, ...(await Promise.all(servers.map(async (server) => shareIn(await server.info('memory'))))))
}

function shareIn(info: string): number {
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? ''
  const limit = Number(field('maxmemory'))
  if (field('maxmemory_policy') !== 'noeviction' || !(limit > 0)) return 0
  return (Number(field('used_memory')) - Number(field('mem_not_counted_for_evict'))) / limit
}

/** One for all stores of a process. */
export class BodyRoom {
  readonly #redis: RedisClient
  #share = 0
  #look: Promise<void> | undefined
  #lookedAt = -Infinity
  #asked = 0
  #refused = 0

  constructor(redis: RedisClient, metrics: MetricsSink = unmeasured) {
    this.#redis = redis
    metrics.gauge(SHARE, () => [{ value: this.#share }])
    metrics.counter(REFUSED, () => [{ value: this.#refused }])
  }

  /** Asked before each body is written. Where Redis does not say, the write will show it. */
  async hasRoom(): Promise<boolean> {
    const isOld = performance.now() - this.#lookedAt > LOOK_EVERY.ms || ++this.#asked > LOOK_EVERY.bodies
    if (isOld) await (this.#look ??= this.#lookAgain())
    const hasRoom = this.#share < BODY_ROOM.writeBelow
    if (!hasRoom) this.#refused++
    return hasRoom
  }

  async #lookAgain(): Promise<void> {
    try {
      this.#share = await usedShare(this.#redis)
    } catch {
      this.#share = 0
    } finally {
      this.#lookedAt = performance.now()
      this.#asked = 0
      this.#look = undefined
    }
  }
}
