import { cacheAside, keyOf, type Strategy } from '../strategy.ts'

const FLUSH_MS = 200

/** A write is acknowledged by the cache; the database has it from the next flush on. */
export const writeBack: Strategy = {
  name: 'write-back',
  source:
    'https://docs.hazelcast.com/hazelcast/latest/mapstore/working-with-external-data#setting-write-behind-persistence',
  reader: (process) => cacheAside(process),
  writer({ query, accepted, redis, repeat, render }) {
    let dirty = new Map<number, number>()

    async function raised(id: number): Promise<number> {
      if ((await redis.exists(keyOf(id))) === 0) await redis.set(keyOf(id), (await render(id)).amount, 'NX')
      return redis.incr(keyOf(id))
    }

    repeat(FLUSH_MS, async () => {
      const batch = dirty
      if (batch.size === 0) return
      dirty = new Map()
      await query(
        `UPDATE prices p SET amount = greatest(p.amount, n.amount)
         FROM unnest($1::int[], $2::bigint[]) n (id, amount) WHERE p.id = n.id`,
        [[...batch.keys()], [...batch.values()]],
      ).catch((error: unknown) => {
        dirty = new Map([...batch, ...dirty])
        throw error
      })
    })
    return {
      async write(ids) {
        const rows = await Promise.all(ids.map(async (id) => ({ id, amount: await raised(id) })))
        for (const { id, amount } of rows) dirty.set(id, Math.max(amount, dirty.get(id) ?? 0))
        await accepted(rows)
      },
    }
  },
}
