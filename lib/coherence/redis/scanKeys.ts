/** Reads the names of keys without stopping the server: SCAN in steps, on each primary of a cluster. */
import { Cluster } from 'ioredis'
import type { RedisClient } from '../ports.ts'

const SCAN_COUNT = 1_000

/** @param prefix of the keys; nothing in it is a pattern. A key may come twice. */
export async function* scanKeys(redis: RedisClient, prefix: string): AsyncGenerator<string[]> {
  const pattern = `${prefix.replaceAll(/[*?[\]\\]/g, String.raw`\$&`)}*`
  for (const node of redis instanceof Cluster ? redis.nodes('master') : [redis]) {
    let cursor = '0'
    do {
      const [next, names] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT)
      if (names.length > 0) yield names
      cursor = next
    } while (cursor !== '0')
  }
}
