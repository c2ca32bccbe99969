/**
 * Finds the bodies in Redis that were made from a row, so that they can be deleted once the row has a newer version. No reader gets such a
 * body any more, but it would use memory until it expires. Each row has a sorted set: bodies by version.
 *
 * A set ends a day after its first body was noted, though others were noted since: else bodies of builds that are gone would stay in that
 * of a row that does not change. A body that was noted late ends by its own lifetime.
 *
 * Only rows count whose values are in the body. A slot's value is not: an edit of a price deletes no template.
 */
import { Cluster } from 'ioredis'
import type { RedisClient } from '../ports.ts'
import { ENTRY_TTL_S, keys, withJitter } from '../protocol/keys.ts'
import { tag, type VersionedTag } from '../tags.ts'

/** A command or burst of more would run into the time-out of its last command. */
const AT_ONCE = 1_000

/** @param body its key @param versions of the rows that it was made from, by tag */
export async function noteMadeFrom(
  redis: RedisClient,
  body: string,
  versions: Iterable<readonly [string, number]>,
): Promise<void> {
  const note = async ([name, version]: readonly [string, number]) => {
    const key = keys.madeFrom(name)
    const [, leftMs] = await Promise.all([redis.zadd(key, version, body), redis.pttl(key)])
    if (leftMs < 0) await redis.expire(key, withJitter(ENTRY_TTL_S))
  }
  await Promise.all(Array.from(versions, note))
}

/**
 * Takes out the bodies that were made from versions below these. One that is put again at that moment may go with them: it is a
 * miss, and no more.
 * @returns how many there were; @throws when Redis does not answer
 */
export async function clearSuperseded(redis: RedisClient, rows: readonly VersionedTag[]): Promise<number> {
  let removed = 0
  for (let at = 0; at < rows.length; at += AT_ONCE) {
    const part = rows.slice(at, at + AT_ONCE)
    const names = part.map(({ kind, id }) => keys.madeFrom(tag(kind, id)))
    // Most rows of a bulk edit have none; several keys may live in several slots of a cluster.
    if (!(redis instanceof Cluster) && (await redis.exists(names)) === 0) continue
    const found = await Promise.all(
      part.map(async ({ version }, i) => {
        const name = names[i] ?? ''
        const bodies = await redis.zrange(name, '-inf', `(${version}`, 'BYSCORE')
        if (bodies.length === 0) return 0
        const [gone] = await Promise.all([
          Promise.all(bodies.map((body) => redis.unlink(body))),
          redis.zrem(name, bodies),
        ])
        return gone.reduce((sum, count) => sum + count, 0)
      }),
    )
    for (const count of found) removed += count
  }
  return removed
}
