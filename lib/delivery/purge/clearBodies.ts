/** Takes bodies out of Redis by what their keys begin with, without stopping it: SCAN in steps, UNLINK one key a command. */
import type { RedisClient } from '#lib/coherence/index.ts'
import { primariesOf } from '#lib/platform/redisNodes.ts'

const SCAN_COUNT = 500

/**
 * Keys that are written meanwhile may stay: they are of the new generation, or the version check refuses them.
 * @param prefix of the keys; nothing in it is a pattern
 * @returns how many keys are gone
 */
export async function clearBodies(redis: RedisClient, prefix: string): Promise<number> {
  const pattern = `${prefix.replaceAll(/[*?[\]\\]/g, String.raw`\$&`)}*`
  let removed = 0
  for (const primary of primariesOf(redis)) {
    let cursor = '0'
    do {
      const [next, keys] = await primary.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT)
      // One key a command: those of one step live in many slots of a cluster. Not to the node that was scanned: a slot
      // may have moved since. They travel in one round trip all the same.
      removed += (await Promise.all(keys.map((key) => redis.unlink(key)))).reduce((sum, count) => sum + count, 0)
      cursor = next
    } while (cursor !== '0')
  }
  return removed
}
