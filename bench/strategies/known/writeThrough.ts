import { cacheAside, keyOf, type Strategy } from '../strategy.ts'

/** Each write goes to the database and to the cache, which always has the newest price: so the pattern says. */
export const writeThrough: Strategy = {
  name: 'write-through',
  source: 'https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Strategies.html#Strategies.WriteThrough',
  reader: (process) => cacheAside(process),
  writer: ({ commit, send, redis }) => ({
    async write(ids) {
      const rows = await commit(ids)
      await send(() => redis.mset(rows.flatMap(({ id, amount }) => [keyOf(id), amount])))
    },
  }),
}

/** Writes go past the cache, which is filled by reads and expires. */
export const writeAround: Strategy = {
  name: 'write-around',
  source: 'https://hazelcast.com/blog/a-hitchhikers-guide-to-caching-patterns/',
  reader: (process) => cacheAside(process, process.ttlMs),
  writer: ({ commit }) => ({
    async write(ids) {
      await commit(ids)
    },
  }),
}
