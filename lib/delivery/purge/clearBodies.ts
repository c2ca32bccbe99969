/** Deletes bodies in Redis by the prefix of their keys, without blocking it: SCAN in steps, UNLINK one key a command. */
import { keys, scanKeys, type RedisClient } from '#lib/coherence/index.ts'

/**
 * Keys that are written while it runs may stay: they are of the new generation, or the version check refuses them.
 * @param prefix of the keys; nothing in it is a pattern
 * @returns how many keys are gone
 */
export async function clearBodies(redis: RedisClient, prefix: string): Promise<number> {
  let removed = 0
  for await (const names of scanKeys(redis, prefix)) {
    // One key a command: those of one step live in many slots of a cluster. They travel in one round trip all the same.
    removed += (await Promise.all(names.map((key) => redis.unlink(key)))).reduce((sum, count) => sum + count, 0)
  }
  return removed
}

/** Every page and value, and what they were made from. @returns how many keys are gone */
export async function clearAllBodies(redis: RedisClient): Promise<number> {
  let removed = 0
  for (const prefix of [...keys.bodyPrefixes, keys.madeFromPrefix]) removed += await clearBodies(redis, prefix)
  return removed
}
