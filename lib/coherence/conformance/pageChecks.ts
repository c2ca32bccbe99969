/** The expectations of Next on `cacheHandler`, on one instance. */
import { strict as assert } from 'node:assert'
import { described } from './protocol.ts'
import { fresh, notOld, stored, tick, until, type Check } from './conformanceFixture.ts'

const MAX_PROFILE = { expire: 31_536_000 }

export const pageChecks: Check[] = [
  {
    id: 'page-whole',
    title: 'A page comes back as it was stored: HTML, RSC as Buffer, segments as Map of Buffers, headers, status',
    part: 'pages',
    async run({ a, b, usesRedis }, product) {
      const page = await product.page()
      await a.fill(product.key, page)
      for (const instance of usesRedis ? [a, b] : [a]) {
        const { verdict, value } = await instance.read(product.key)
        assert.equal(verdict, 'fresh')
        assert.deepEqual(value, described(page))
      }
    },
  },
  {
    id: 'route-body',
    title: 'The body of a route handler comes back as a Buffer, with its status and headers',
    part: 'pages',
    async run({ a }, product) {
      const route = {
        kind: 'APP_ROUTE',
        body: Buffer.from([0, 159, 146, 150]),
        headers: { 'content-type': 'image/png', 'x-next-cache-tags': product.pathTag },
        status: 201,
      }
      await a.fill(product.key, route, {}, 'APP_ROUTE')
      const { verdict, value } = await a.read(product.key, 'APP_ROUTE')
      assert.equal(verdict, 'fresh')
      assert.deepEqual(value, described(route))
    },
  },
  {
    id: 'redirect',
    title: 'A redirect can be stored and read',
    part: 'pages',
    async run({ a }, product) {
      const redirect = { kind: 'REDIRECT', props: { pageProps: { __N_REDIRECT: '/de', __N_REDIRECT_STATUS: 308 } } }
      await a.fill(product.key, redirect, {}, 'PAGES')
      const { verdict, value } = await a.read(product.key, 'PAGES')
      assert.equal(verdict, 'fresh')
      assert.deepEqual(value, described(redirect))
    },
  },
  {
    id: 'revalidate-tag',
    title: '`revalidateTag`: the page is not served again, and the next render is',
    part: 'pages',
    async run({ a }, product) {
      await a.fill(product.key, await product.page())
      await tick()
      await product.edit(a)
      assert.equal((await a.read(product.key)).verdict, 'miss')
      await a.fill(product.key, await product.page())
      await fresh(a, product)
    },
  },
  {
    id: 'revalidate-max',
    title: "`revalidateTag(tag, 'max')`: the old page is served while it is replaced, then the new one",
    part: 'pages',
    async run({ a }, product) {
      await a.fill(product.key, await product.page())
      await tick()
      await a.revalidate([product.tag], MAX_PROFILE)
      await tick()
      const request = await a.open()
      assert.equal(
        (await a.get(request, product.key)).verdict,
        'stale',
        'the old page is not served while it is replaced',
      )
      await a.set(request, product.key, await product.page())
      await fresh(a, product)
    },
  },
  {
    id: 'revalidate-max-poison',
    title: "A page whose render began before `revalidateTag(tag, 'max')` is replaced too",
    part: 'pages',
    async run({ a }, product) {
      const request = await a.open()
      await a.get(request, product.key)
      await tick()
      await a.revalidate([product.tag], MAX_PROFILE)
      await tick()
      await a.set(request, product.key, await product.page())
      assert.notEqual((await a.read(product.key)).verdict, 'fresh', 'it is served as fresh')
    },
  },
  {
    id: 'revalidate-path',
    title: '`revalidatePath`: the page is not served again',
    part: 'pages',
    async run({ a }, product) {
      await a.fill(product.key, await product.page())
      await tick()
      await a.revalidate([product.pathTag])
      assert.equal((await a.read(product.key)).verdict, 'miss')
    },
  },
  {
    id: 'fetch-soft-tags',
    title: 'A `fetch` result is not used by a page whose path was revalidated after it',
    part: 'pages',
    async run({ a }, product) {
      const result = {
        kind: 'FETCH',
        data: { headers: {}, body: 'b2xk', status: 200, url: 'http://x.test/' },
        revalidate: 3_600,
        tags: [product.tag],
      }
      await a.fill(`fetch${product.id}`, result, { tags: [product.tag] }, 'FETCH')
      assert.equal((await a.read(`fetch${product.id}`, 'FETCH', [product.pathTag])).verdict, 'fresh')
      await tick()
      await a.revalidate([product.pathTag])
      assert.equal((await a.read(`fetch${product.id}`, 'FETCH', [product.pathTag])).verdict, 'miss')
    },
  },
  {
    id: 'lifetime',
    title: 'A page past its `revalidate` time is not fresh',
    part: 'pages',
    async run({ a }, product) {
      await a.fill(product.key, await product.page(), { revalidate: 1, expire: 300 })
      await until('the page is not fresh', async () => (await a.read(product.key)).verdict !== 'fresh')
    },
  },
  {
    id: 'poisoned-page',
    title: 'Poisoned page: what was read before an edit and stored after it is not served',
    part: 'pages',
    async run({ a }, product) {
      const request = await a.open()
      await a.get(request, product.key)
      const old = await product.page()
      await tick()
      await product.edit(a)
      await a.set(request, product.key, old)
      await notOld(a, product)
    },
  },
  {
    id: 'late-render',
    title: 'Two renders of one page: the older one, stored last, does not bring back the old price',
    part: 'pages',
    async run({ a }, product) {
      const request = await a.open()
      await a.get(request, product.key)
      const old = await product.page()
      await tick()
      await product.edit(a)
      await a.fill(product.key, await product.page())
      await fresh(a, product)
      await a.set(request, product.key, old)
      await notOld(a, product)
    },
  },
  {
    id: 'page-ttl',
    title: 'Every body in Redis expires',
    part: 'pages',
    async run(fleet, product) {
      await fleet.a.fill(`${product.key}/first`, await product.page())
      const keys = await stored(fleet, async () => fleet.a.fill(product.key, await product.page()))
      assert.ok(keys.length > 0, 'nothing was stored')
      for (const key of keys) assert.ok((await fleet.redis.ttl(key)) > 0, `${key} stays for ever`)
    },
  },
  {
    id: 'page-corrupt',
    title: 'A body that another program overwrote is a miss, not an error',
    part: 'pages',
    async run(fleet, product) {
      await fleet.a.fill(`${product.key}/first`, await product.page())
      const keys = await stored(fleet, async () => fleet.a.fill(product.key, await product.page()))
      assert.ok(keys.length > 0, 'nothing was stored')
      for (const key of keys) await fleet.redis.set(key, '{"value":')
      assert.equal((await fleet.b.read(product.key)).verdict, 'miss')
    },
  },
]
