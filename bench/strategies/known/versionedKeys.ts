import { cached, keyOf, type Strategy } from '../strategy.ts'

const pointerOf = (id: number) => `version:${id}`

/** The key carries a version, which each write raises: old entries are never asked for again, and expire. */
export const versionedKeys: Strategy = {
  name: 'versioned keys',
  source: 'https://signalvnoise.com/posts/3113-how-key-based-cache-expiration-works',
  reader({ redis, render, ttlMs }) {
    return {
      async read(id) {
        // The version first: a page that was rendered before the write is kept under the old one.
        const version = await redis.get(pointerOf(id)).catch(() => undefined)
        if (version === undefined) return (await render(id)).amount
        const key = `${keyOf(id)}@${version ?? 0}`
        const hit = await cached(redis, key)
        if (hit !== undefined) return Number(hit)
        const { amount } = await render(id)
        await redis.set(key, amount, 'PX', 60 * ttlMs).catch(() => undefined)
        return amount
      },
    }
  },
  writer: ({ commit, send, redis }) => ({
    async write(ids) {
      await commit(ids)
      await send(() => Promise.all(ids.map((id) => redis.incr(pointerOf(id)))))
    },
  }),
}
