import { keyOf, type Strategy } from '../strategy.ts'

const CHANNEL = 'prices'

/** Each process keeps pages in its memory, and a message makes all of them forget. */
export const pubSub: Strategy = {
  name: 'pub/sub fan-out',
  source: 'https://redis.io/docs/latest/develop/pubsub/',
  async reader({ connect, render }) {
    const pages = new Map<string, number>()
    const subscriber = await connect()
    subscriber.on('message', (_channel, ids) => {
      for (const id of ids.split(',')) pages.delete(keyOf(Number(id)))
    })
    await subscriber.subscribe(CHANNEL) // ioredis subscribes again by itself when the connection comes back
    return {
      async read(id) {
        const hit = pages.get(keyOf(id))
        if (hit !== undefined) return hit
        const { amount } = await render(id)
        pages.set(keyOf(id), amount)
        return amount
      },
    }
  },
  writer: ({ commit, send, redis }) => ({
    async write(ids) {
      await commit(ids)
      await send(() => redis.publish(CHANNEL, ids.join(',')))
    },
  }),
}
