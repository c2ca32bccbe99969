import { PrismaPg } from '@prisma/adapter-pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { PrismaClient } from '#lib/generated/prisma/client.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import type { Entry } from './entryStore.ts'
import { dependenciesOf } from '../protocol/freshness.ts'
import { faultProxy, type FaultProxy } from '../testing/faultProxy.ts'
import { MAX_BYTES, textOf, textStore } from '../testing/texts.ts'
import { keys } from '../protocol/keys.ts'
import { renderStart } from '../render/renderStart.ts'
import { testCoherence } from '#lib/catalog/testing/coherence.ts'
import type { Coherence } from '../coherence.ts'
import type { Publisher } from '../index/publisher.ts'
import type { VersionIndex } from '../index/versionIndex.ts'

/** Milliseconds, for a test that does without refreshes. */
const LEASE_MS = 5_000

let database: SeededDatabase
let redis: TestRedis
let index: VersionIndex
let publisher: Publisher
let coherence: Coherence

beforeAll(async () => {
  database = await seededDatabase()
  redis = await testRedis()
  coherence = await testCoherence(redis.client, database.db)
  ;({ index, publisher } = coherence)
})
afterAll(async () => {
  await redis.close()
  await database.drop()
})

const instance = (of = index) => textStore(redis.client, of)
const versionOf = async (productId: number) =>
  Number((await database.db.price.findUniqueOrThrow({ where: { productId } })).version)
const rendered = async (productId: number, value: string) =>
  textOf(index, [`price:${productId}`, `price:${productId}@${await versionOf(productId)}`], value)

async function edit(productId: number): Promise<void> {
  const { version } = await database.db.price.update({ where: { productId }, data: { amountMinor: { increment: 1 } } })
  await publisher.publish([{ kind: 'price', id: productId, version: Number(version) }])
}

describe('a page that was made from an old price', () => {
  it('is never served, though it is stored after the edit was acknowledged', async () => {
    const store = instance()
    const poisoned = await rendered(1, 'old')
    await edit(1)
    await store.put('page', poisoned)
    expect(await store.get('page')).toBeUndefined()
    expect(await instance().get('page')).toBeUndefined()
  })

  it('is not served by another instance that had it in memory', async () => {
    const [a, b] = [instance(), instance()]
    await a.put('shared', await rendered(2, 'v1'))
    expect((await b.get('shared'))?.layer).toBe('redis')
    expect((await b.get('shared'))?.layer).toBe('l1')
    await edit(2)
    expect(await b.get('shared')).toBeUndefined()
    await a.put('shared', await rendered(2, 'v2'))
    expect((await b.get('shared'))?.entry.value).toBe('v2')
  })

  it('is not served when the index lost its tag', async () => {
    const store = instance()
    await store.put('lost', await rendered(3, 'old'))
    await database.db.price.update({ where: { productId: 3 }, data: { amountMinor: { increment: 1 } } })
    await redis.direct.unlink(keys.tag('price:3'))
    expect(await store.get('lost')).toBeUndefined()
  })
})

describe('a page that shows an edit past the application before the relay does', () => {
  it('raises the index, so that no other page of the fleet shows less after it', async () => {
    // No keeper follows the outbox; the index stays believed until its lease ends.
    await coherence.keeper.stop()
    const { keeper, ...believing } = await testCoherence(redis.client, database.db, { leaseMs: LEASE_MS })
    ;({ index, publisher } = believing)
    await keeper.stop()
    const [a, b] = [instance(), instance()]
    await b.put('listing', await rendered(6, 'v1'))
    expect((await b.get('listing'))?.entry.value).toBe('v1')
    await database.db.price.update({ where: { productId: 6 }, data: { amountMinor: { increment: 1 } } })
    expect((await b.get('listing'))?.entry.value).toBe('v1') // written past the application, not relayed yet
    await a.put('product', await rendered(6, 'v2'))
    const shown = await a.get('product')
    expect(shown?.entry.value).toBe('v2')
    if (shown) await publisher.raiseToAtLeast(shown.entry.dependencies, shown.snapshot, shown.entry)
    expect(await b.get('listing')).toBeUndefined()
    coherence.keeper.start()
    ;({ index, publisher } = coherence)
  })
})

describe('a body in Redis', () => {
  it('expires, with a lifetime of its own', async () => {
    await instance().put('ttl', await rendered(4, 'x'))
    const ttl = await redis.direct.ttl(keys.page('test', 'ttl'))
    expect(ttl).toBeGreaterThanOrEqual(59)
    expect(ttl).toBeLessThanOrEqual(66)
  })

  it.each([
    ['random bytes', Buffer.from([1, 2, 3, 4])],
    ['nothing', Buffer.alloc(0)],
    ['JSON', Buffer.from('{"value":"evil"}')],
  ])('that another program wrote (%s) is a miss', async (_name, bytes) => {
    await redis.direct.set(keys.page('test', 'foreign'), bytes)
    expect(await instance().get('foreign')).toBeUndefined()
  })
})

describe('this process', () => {
  it('holds no more bytes than it may, and keeps what is asked for', async () => {
    const store = instance()
    const body = 'x'.repeat(50_000)
    await store.put('wanted', await rendered(7, body))
    for (let i = 0; i < 60; i++) {
      await store.put(`filler-${i}`, await rendered(7, body))
      expect((await store.get('wanted'))?.layer).toBe('l1')
    }
    const held = Array.from({ length: 60 }, (_, i) => store.peek(`filler-${i}`)).filter(Boolean)
    expect(held.length * body.length).toBeLessThan(MAX_BYTES)
    expect(held.length).toBeGreaterThan(10)
  })
})

describe('with Redis away', () => {
  it('serves an entry of this process after a check against Postgres, and not after an edit', async () => {
    const store = instance()
    await store.put('away', await rendered(5, 'v1'))
    await redis.proxy.cut()
    try {
      expect((await store.get('away'))?.entry.value).toBe('v1')
      await database.db.price.update({ where: { productId: 5 }, data: { amountMinor: { increment: 1 } } })
      expect(await store.get('away')).toBeUndefined()
      await store.put('away', await rendered(5, 'v2'))
      expect((await store.get('away'))?.entry.value).toBe('v2')
    } finally {
      await redis.proxy.heal()
    }
  })
})

describe('when the index is not believed', () => {
  it('serves a body that another instance shared, after a check against Postgres, and knows an old one', async () => {
    await expect.poll(() => index.trusted, { timeout: 10_000 }).toBe(true)
    await instance().put('shared in doubt', await rendered(8, 'v1'))
    await coherence.keeper.stop()
    await redis.direct.del(keys.indexLease)
    try {
      await index.link.look()
      expect(await instance().get('shared in doubt')).toMatchObject({ layer: 'redis', verdict: 'fresh' })
      await database.db.price.update({ where: { productId: 8 }, data: { amountMinor: { increment: 1 } } })
      expect(await instance().get('shared in doubt')).toBeUndefined()
      await instance().put('shared in doubt', await rendered(8, 'v2'))
      expect((await instance().get('shared in doubt'))?.entry.value, 'rendered in between').toBe('v2')
    } finally {
      coherence.keeper.start()
    }
    await expect.poll(() => index.trusted, { timeout: 10_000 }).toBe(true)
    expect((await instance().get('shared in doubt'))?.entry.value, 'it is not rendered again').toBe('v2')
  })
})

describe('with Postgres away', () => {
  let postgres: FaultProxy
  let db: PrismaClient
  let believing: Coherence
  const store = () => instance(believing.index)

  beforeAll(async () => {
    await coherence.keeper.stop()
    const url = new URL(database.url)
    postgres = await faultProxy({ host: url.hostname, port: Number(url.port) })
    url.port = String(postgres.port)
    db = new PrismaClient({ adapter: new PrismaPg({ connectionString: url.href }) })
    believing = await testCoherence(redis.client, db, { leaseMs: 3_000 })
  })
  afterAll(async () => {
    await postgres.heal()
    await redis.proxy.heal()
    await believing.keeper.stop()
    await db.$disconnect()
    await postgres.close()
    coherence.keeper.start()
  })

  it('goes by what the index does say, when the rest cannot be found out', async () => {
    const [kept, old] = [store(), store()]
    const made = async (value: string) => {
      const tags = await Promise.all([9, 10].map(async (id) => `price:${id}@${await versionOf(id)}`))
      return textOf(believing.index, tags, value)
    }
    await kept.put('two', await made('kept'))
    await old.put('two', await made('old'))
    expect((await kept.get('two'))?.verdict).toBe('fresh')
    expect((await old.get('two'))?.verdict).toBe('fresh')
    await postgres.cut()
    await redis.direct.multi().del(keys.tag('price:9')).incr(keys.head).exec() // the log was lost, too
    expect((await kept.get('two'))?.verdict, 'the version of price 9 is unknown').toBe('unconfirmed')
    await believing.index.raise([{ kind: 'price', id: 10, version: (await versionOf(10)) + 1 }])
    expect(await old.get('two'), 'price 10 is known to be newer').toBeUndefined()
  })

  it('serves without any store only what was confirmed a moment ago', async () => {
    await postgres.heal()
    const both = store()
    await both.put('both away', await rendered(11, 'v1'))
    expect((await both.get('both away'))?.verdict).toBe('fresh')
    await postgres.cut()
    await redis.proxy.cut()
    expect((await both.get('both away'))?.verdict).toBe('unconfirmed')
    await expect
      .poll(
        () =>
          both.get('both away').then(
            () => 'served',
            () => 'refused',
          ),
        { timeout: 5_000 },
      )
      .toBe('refused')
  })
})

it('counts what an entry was made from among the bytes that a process may hold', async () => {
  const store = instance()
  const tags = Array.from({ length: 1_000 }, (_, i) => `product:${i}@1`)
  const entry: Entry<string> = {
    ...(await renderStart(index)),
    value: 'short',
    ttl: 60,
    dependencies: dependenciesOf(tags),
  }
  const kept = Array.from({ length: 50 }, (_, i) => `made-from-many-${i}`)
  for (const key of kept) await store.put(key, entry)
  const held = kept.filter((key) => store.peek(key))
  // A thousand tags are 80 kB.
  expect(held.length).toBeLessThan(14)
  expect(held.at(-1)).toBe(kept.at(-1))
})
