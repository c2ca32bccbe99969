import { cached, keyOf, type Strategy } from '../strategy.ts'

const CATEGORIES = 30
const generationOfProduct = (id: number) => `generation:product:${id}`
const generationOfCategory = (category: number) => `generation:category:${category}`
const generationsOf = (id: number) => [generationOfProduct(id), generationOfCategory(id % CATEGORIES)]

/** A page remembers the generations of its keys; a purge of a key begins the next one. A bulk edit purges categories. */
export const surrogateKeys: Strategy = {
  name: 'surrogate keys',
  source: 'https://www.fastly.com/documentation/guides/full-site-delivery/purging/purging-with-surrogate-keys/',
  reader({ redis, render }) {
    return {
      async read(id) {
        const now = await redis.mget(generationsOf(id)).catch(() => undefined)
        if (now === undefined) return (await render(id)).amount
        const generations = now.map((value) => value ?? '0').join('/')
        const [amount, madeIn] = (await cached(redis, keyOf(id)))?.split(' ') ?? []
        if (madeIn === generations) return Number(amount)
        const made = await render(id)
        // The generations from before the render: a purge during it is not missed.
        await redis.set(keyOf(id), `${made.amount} ${generations}`).catch(() => undefined)
        return made.amount
      },
    }
  },
  writer: ({ commit, send, redis }) => ({
    async write(ids) {
      await commit(ids)
      const purged =
        ids.length > CATEGORIES
          ? [...new Set(ids.map((id) => generationOfCategory(id % CATEGORIES)))]
          : ids.map(generationOfProduct)
      await send(() => Promise.all(purged.map((name) => redis.incr(name))))
    },
  }),
}
