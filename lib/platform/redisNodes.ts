/** What concerns single servers of a Redis, of which a cluster has several. */
import { Cluster, type Redis } from 'ioredis'
import type { RedisClient } from '#lib/coherence/index.ts'

/** @returns a connection to each server that holds keys: the one, or the masters of a cluster; no replica */
export function primariesOf(redis: RedisClient): Redis[] {
  return redis instanceof Cluster ? redis.nodes('master') : [redis]
}
