/** What concerns single servers of a Redis, of which a cluster has several. */
import { Cluster, type Redis } from 'ioredis'
import type { RedisClient } from '#lib/coherence/index.ts'

/** @returns a connection to each server that holds keys: the one, or the masters of a cluster; no replica */
export function primariesOf(redis: RedisClient): Redis[] {
  return redis instanceof Cluster ? redis.nodes('master') : [redis]
}

/** @returns what INFO says of the server that holds `key`; @throws when it does not answer */
export async function infoOfOwner(redis: RedisClient, key: string, section: string): Promise<string> {
  // INFO names no key: in a pipeline it goes where the key beside it lives.
  const answers = await redis.pipeline().exists(key).info(section).exec()
  const [error, info] = answers?.[1] ?? []
  if (error) throw error
  return String(info)
}
