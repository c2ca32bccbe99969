/** The expectations of Next on `cacheHandlers.default`, and the same promises for the values that pages are made from. */
import { strict as assert } from 'node:assert'
import type { Instance } from './fleet.ts'
import { connected, stored, tick, until, type Check, type Product } from './conformanceFixture.ts'

const MAX_PROFILE = { expire: 31_536_000 }

async function fill(
  at: Instance,
  product: Product,
  lifetime: { revalidate?: number; expire?: number } = {},
): Promise<void> {
  const [tags, text] = [await product.tags(), `version ${await product.version()}`]
  const end = await at.dataFill(product.key)
  await end({ how: 'value', text, tags, ...lifetime })
}

async function notOld(at: Instance, product: Product): Promise<void> {
  const { verdict, text } = await at.dataRead(product.key)
  if (verdict !== 'miss') assert.ok(text === `version ${await product.version()}`, 'an old value was used')
}

export const dataChecks: Check[] = [
  {
    id: 'data-whole',
    title: 'A value comes back with its bytes, tags and lifetimes, as often as it is read',
    part: 'data',
    async run({ a }, product) {
      await fill(a, product)
      const reads = await Promise.all([a.dataRead(product.key), a.dataRead(product.key)])
      const expected = {
        verdict: 'fresh',
        text: `version ${await product.version()}`,
        tags: await product.tags(),
        stale: 30,
        revalidate: 3_600,
        expire: 86_400,
      }
      for (const read of reads) assert.deepEqual(read, expected)
    },
  },
  {
    id: 'data-pending',
    title: 'A read while the value is being stored gets it',
    part: 'data',
    async run({ a }, product) {
      const end = await a.dataFill(product.key)
      const read = a.dataRead(product.key)
      await end({ how: 'value', text: 'version 1', tags: await product.tags() })
      const again = await a.dataRead(product.key)
      assert.equal(again.verdict, 'fresh')
      assert.equal((await read).verdict, 'fresh', 'the read did not wait')
    },
  },
  {
    id: 'data-broken',
    title: 'A value whose stream breaks is not kept, and the next one is',
    part: 'data',
    async run({ a }, product) {
      const end = await a.dataFill(product.key)
      await end({ how: 'breaks' })
      assert.equal((await a.dataRead(product.key)).verdict, 'miss')
      await fill(a, product)
      assert.equal((await a.dataRead(product.key)).verdict, 'fresh')
    },
  },
  {
    id: 'data-rejected',
    title: 'A fill that is given up (its promise rejects) blocks no later read or fill',
    part: 'data',
    async run({ a }, product) {
      const end = await a.dataFill(product.key)
      await end({ how: 'fails' })
      assert.equal((await a.dataRead(product.key)).verdict, 'miss')
      await fill(a, product)
      assert.equal((await a.dataRead(product.key)).verdict, 'fresh')
    },
  },
  {
    id: 'data-revalidate',
    title: '`revalidateTag`: the value is not used again, and the next one is',
    part: 'data',
    async run({ a }, product) {
      await fill(a, product)
      await product.edit(a)
      assert.equal((await a.dataRead(product.key)).verdict, 'miss')
      await fill(a, product)
      assert.equal((await a.dataRead(product.key)).verdict, 'fresh')
      await notOld(a, product)
    },
  },
  {
    id: 'data-max',
    title: "`revalidateTag(tag, 'max')`: the value is marked for replacement, and the next one is fresh",
    part: 'data',
    async run({ a }, product) {
      await fill(a, product)
      await tick()
      await a.revalidate([product.tag], MAX_PROFILE)
      await tick()
      assert.equal((await a.dataRead(product.key)).verdict, 'stale', 'it is not offered for replacement')
      await fill(a, product)
      assert.equal((await a.dataRead(product.key)).verdict, 'fresh')
    },
  },
  {
    id: 'data-path',
    title: '`revalidatePath`: the page that is rendered anew does not use the value again',
    part: 'data',
    async run({ a }, product) {
      await fill(a, product)
      assert.equal((await a.dataRead(product.key, [product.pathTag])).verdict, 'fresh')
      await tick()
      await a.revalidate([product.pathTag])
      assert.equal((await a.dataRead(product.key, [product.pathTag])).verdict, 'miss')
    },
  },
  {
    id: 'data-lifetime',
    title: 'A value past its `revalidate` time is not fresh',
    part: 'data',
    async run({ a }, product) {
      await fill(a, product, { revalidate: 1, expire: 300 })
      await until('the value is not fresh', async () => (await a.dataRead(product.key)).verdict !== 'fresh')
    },
  },
  {
    id: 'data-poisoned',
    title: 'Poisoned value: what was read before an edit and stored after it is not used',
    part: 'data',
    async run({ a }, product) {
      const end = await a.dataFill(product.key)
      const old = { text: `version ${await product.version()}`, tags: await product.tags() }
      await tick()
      await product.edit(a)
      await end({ how: 'value', ...old })
      await notOld(a, product)
    },
  },
  {
    id: 'data-late',
    title: 'Two fills of one value: the older one, stored last, does not bring back the old price',
    part: 'data',
    async run({ a, b }, product) {
      const end = await a.dataFill(product.key)
      const old = { text: `version ${await product.version()}`, tags: await product.tags() }
      await tick()
      await product.edit(a)
      await fill(b, product)
      await end({ how: 'value', ...old })
      await notOld(a, product)
      await notOld(b, product)
    },
  },
  {
    id: 'data-shared',
    title: 'A value that one instance made is used by the other',
    part: 'data',
    async run({ a, b }, product) {
      await fill(a, product)
      assert.equal((await b.dataRead(product.key)).verdict, 'fresh', 'the value is not used')
    },
  },
  {
    id: 'data-fleet-revalidate',
    title: 'An edit through one instance: the other does not use its copy in any read that starts afterwards',
    part: 'data',
    async run({ a, b }, product) {
      await fill(a, product)
      await fill(b, product)
      await product.edit(a)
      await notOld(b, product)
    },
  },
  {
    id: 'data-reconnect',
    title: 'Messages lost while the connection was down: after it is back no old value is used',
    part: 'data',
    fault: true,
    async run(fleet, product) {
      const { a, b } = fleet
      await fill(b, product)
      await b.dataRead(product.key)
      await b.proxy.cut()
      await product.edit(a)
      await b.proxy.heal()
      await connected(fleet, b)
      await until('no old value is used', async () =>
        notOld(b, product).then(
          () => true,
          () => false,
        ),
      )
    },
  },
  {
    id: 'data-invalidation-lost',
    title: 'Redis away during `revalidateTag`: it rejects, or the value is gone when Redis is back',
    part: 'data',
    fault: true,
    async run(fleet, product) {
      const { a } = fleet
      await fill(a, product)
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
    id: 'data-ttl',
    title: 'Every value in Redis expires',
    part: 'data',
    async run(fleet, product) {
      const end = await fleet.a.dataFill(`${product.key}/first`)
      await end({ how: 'value', text: 'first', tags: await product.tags() })
      const keys = await stored(fleet, () => fill(fleet.a, product))
      assert.ok(keys.length > 0, 'nothing was stored')
      for (const key of keys) assert.ok((await fleet.redis.ttl(key)) > 0, `${key} stays for ever`)
    },
  },
  {
    id: 'data-corrupt',
    title: 'A value that another program overwrote is a miss, not an error',
    part: 'data',
    async run(fleet, product) {
      const end = await fleet.a.dataFill(`${product.key}/first`)
      await end({ how: 'value', text: 'first', tags: await product.tags() })
      const keys = await stored(fleet, () => fill(fleet.a, product))
      assert.ok(keys.length > 0, 'nothing was stored')
      for (const key of keys) await fleet.redis.set(key, '{"value":')
      assert.equal((await fleet.b.dataRead(product.key)).verdict, 'miss')
    },
  },
]
