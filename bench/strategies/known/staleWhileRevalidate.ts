import { cached, keyOf, type Strategy } from '../strategy.ts'

/** After the TTL the old page is shown once more, and a new one made behind it: RFC 5861. */
export const staleWhileRevalidate: Strategy = {
  name: 'stale-while-revalidate',
  source: 'https://www.rfc-editor.org/rfc/rfc5861',
  reader({ redis, render, ttlMs }) {
    const refreshing = new Map<number, Promise<number>>()

    async function make(id: number): Promise<number> {
      const { amount } = await render(id)
      await redis.set(keyOf(id), `${amount} ${Date.now() + ttlMs}`).catch(() => undefined)
      return amount
    }
    function refresh(id: number): Promise<number> {
      const known = refreshing.get(id)
      if (known) return known
      const made = make(id).finally(() => refreshing.delete(id))
      refreshing.set(id, made)
      return made
    }
    return {
      async read(id) {
        const [amount, freshUntil] = (await cached(redis, keyOf(id)))?.split(' ') ?? []
        if (amount === undefined) return refresh(id)
        if (Date.now() > Number(freshUntil)) void refresh(id).catch(() => undefined)
        return Number(amount)
      },
    }
  },
  writer: ({ commit }) => ({
    async write(ids) {
      await commit(ids)
    },
  }),
}
