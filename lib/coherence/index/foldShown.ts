/** Brings commits that were shown at once to their tags: see `redis/shown.lua`. */
import type { RedisClient } from '../ports.ts'
import { keys, TAG_TTL_S, withJitter } from '../protocol/keys.ts'

/** Tags in one script: readers wait for Redis a millisecond at most. */
const SCRIPT_TAGS = 250

/**
 * Any number of processes may do it at once. Nothing is brought on another server than the one that was seen to have them.
 * @param server as `inspectServer` says it
 * @param hashes of the commits
 * @throws when Redis does not answer, or takes no writes: then it is to be done again
 */
export async function foldShown(redis: RedisClient, server: string, hashes: readonly string[]): Promise<void> {
  for (const hash of hashes) {
    let cursor = '0'
    do cursor = await redis.foldShownTags(keys.position, hash, server, cursor, SCRIPT_TAGS, withJitter(TAG_TTL_S))
    while (cursor !== '0')
  }
}
