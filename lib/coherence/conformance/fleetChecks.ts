/** Two instances, and connections that break. */
import { strict as assert } from 'node:assert'
import { connected, fresh, notOld, tick, until, type Check } from './conformanceFixture.ts'

/** Within what time a handler must let go of a Redis that does not answer: a visitor waits. */
const GIVES_UP_WITHIN_MS = 3_000

export const fleetChecks: Check[] = [
  {
    id: 'page-shared',
    title: 'A page that one instance rendered is served by the other',
    part: 'pages',
    async run({ a, b }, product) {
      await a.fill(product.key, await product.page())
      await fresh(b, product)
    },
  },
  {
    id: 'page-fleet-revalidate',
    title: 'An edit through one instance: the other does not serve its copy to any read that starts afterwards',
    part: 'pages',
    async run({ a, b }, product) {
      await a.fill(product.key, await product.page())
      await b.fill(product.key, await product.page())
      await fresh(b, product)
      await product.edit(a)
      await notOld(b, product)
      await notOld(a, product)
    },
  },
  {
    id: 'page-fleet-poison',
    title: 'Poisoned page across instances: read on one before an edit through the other, stored after it',
    part: 'pages',
    async run({ a, b }, product) {
      const request = await a.open()
      await a.get(request, product.key)
      const old = await product.page()
      await tick()
      await product.edit(b)
      await a.set(request, product.key, old)
      await notOld(a, product)
      await notOld(b, product)
    },
  },
  {
    id: 'page-cut-off',
    title: 'While an instance is cut off from Redis it does not serve a page that is edited in that time',
    part: 'pages',
    fault: true,
    async run({ a, b }, product) {
      await a.fill(product.key, await product.page())
      await b.read(product.key)
      await b.proxy.cut()
      await product.edit(a)
      await notOld(b, product)
    },
  },
  {
    id: 'page-reconnect',
    title: 'Messages lost while the connection was down: after it is back no old page is served',
    part: 'pages',
    fault: true,
    async run(fleet, product) {
      const { a, b } = fleet
      await b.fill(product.key, await product.page())
      await fresh(b, product)
      await b.proxy.cut()
      await product.edit(a)
      await b.proxy.heal()
      await connected(fleet, b)
      await until('no old page is served', async () =>
        notOld(b, product).then(
          () => true,
          () => false,
        ),
      )
    },
  },
  {
    id: 'page-frozen',
    title: 'A connection that hangs: a read ends within 3 s, and is not old',
    part: 'pages',
    fault: true,
    async run({ a, b }, product) {
      await a.fill(product.key, await product.page())
      await b.read(product.key)
      b.proxy.freeze()
      await product.edit(a)
      const start = performance.now()
      await notOld(b, product)
      assert.ok(performance.now() - start < GIVES_UP_WITHIN_MS, 'the visitor waited for Redis')
    },
  },
  {
    id: 'page-invalidation-lost',
    title: 'Redis away during `revalidateTag`: it rejects, or the page is gone when Redis is back',
    part: 'pages',
    fault: true,
    async run(fleet, product) {
      const { a } = fleet
      await a.fill(product.key, await product.page())
      await a.proxy.cut()
      await product.commit()
      const accepted = await a.revalidate([product.tag]).then(
        () => true,
        () => false,
      )
      if (!accepted) return
      await a.proxy.heal()
      await connected(fleet, a)
      await notOld(a, product)
    },
  },
  {
    id: 'page-away',
    title: 'With Redis away a render still gets through: neither reading nor storing fails or hangs',
    part: 'pages',
    fault: true,
    async run({ a }, product) {
      await a.fill(`${product.key}/first`, await product.page())
      await a.proxy.cut()
      const start = performance.now()
      await a.fill(product.key, await product.page())
      assert.ok(performance.now() - start < GIVES_UP_WITHIN_MS, 'the visitor waited for Redis')
    },
  },
  {
    id: 'page-flushed',
    title: 'Redis restarts empty after an edit: the old page does not come back',
    part: 'pages',
    fault: true,
    async run({ a, b, redis }, product) {
      await a.fill(product.key, await product.page())
      await fresh(a, product)
      await b.read(product.key)
      await product.edit(b)
      await redis.flushdb()
      await notOld(a, product)
      await notOld(b, product)
    },
  },
]
