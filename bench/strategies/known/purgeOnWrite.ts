import { cacheAside, keyOf, type Strategy } from '../strategy.ts'

/** Cache-aside: update the database, then delete the entry. */
export const purgeOnWrite: Strategy = {
  name: 'purge on write',
  source: 'https://learn.microsoft.com/en-us/azure/architecture/patterns/cache-aside',
  reader: (process) => cacheAside(process),
  writer: ({ commit, send, redis }) => ({
    async write(ids) {
      await commit(ids)
      await send(() => redis.del(ids.map(keyOf)))
    },
  }),
}

/** The same with a TTL as the net below it. */
export const purgeWithTtl: Strategy = {
  ...purgeOnWrite,
  name: 'purge with TTL',
  source:
    'https://docs.aws.amazon.com/whitepapers/latest/database-caching-strategies-using-redis/caching-patterns.html',
  reader: (process) => cacheAside(process, process.ttlMs),
}

/** The other way round: an entry that is gone first cannot be forgotten when the writer dies. */
export const deleteBeforeWrite: Strategy = {
  name: 'delete before write',
  source: 'https://coolshell.cn/articles/17416.html',
  reader: (process) => cacheAside(process),
  writer: ({ commit, send, redis }) => ({
    async write(ids) {
      await send(() => redis.del(ids.map(keyOf)))
      await commit(ids)
    },
  }),
}
