/** The payload of a price in the index: it comes with its version, and never with another one. */
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { testCoherence } from '#lib/catalog/testing/coherence.ts'
import type { Coherence } from '../coherence.ts'
import { keys } from '../protocol/keys.ts'
import { parseTagState } from '../protocol/tagState.ts'
import { tag } from '../tags.ts'

const said = z.object({ version: z.number(), amountMinor: z.number() })
const NONE = { version: 0, amountMinor: 0 }

let database: SeededDatabase
let redis: TestRedis
let fleet: readonly Coherence[]

beforeAll(async () => {
  ;[database, redis] = await Promise.all([seededDatabase(40), testRedis()])
  fleet = await Promise.all([1, 2].map(() => testCoherence(redis.client, database.db)))
})
afterAll(async () => {
  await Promise.all(fleet.map(({ keeper }) => keeper.stop()))
  await redis.close()
  await database.drop()
})
beforeEach(async () => {
  await redis.proxy.heal()
  await believed()
})

const believed = () => vi.waitUntil(async () => (await one().index.read([])).from === 'index', 5_000)
const one = () => fleet[0] ?? expect.fail('no process')
const setPrice = async (productId: number, amountMinor: number) => {
  const row = await database.db.price.update({ where: { productId }, data: { amountMinor, compareAtMinor: null } })
  return { kind: 'price', id: productId, version: Number(row.version) }
}
const inRedis = async (id: number) => parseTagState(await redis.direct.get(keys.tag(tag('price', id))))
const read = async (id: number, { index } = one()) => {
  const name = tag('price', id)
  const state = (await index.read([name])).states.get(name)
  const payload = state?.payload === undefined ? NONE : said.parse(JSON.parse(state.payload))
  return { version: state?.version, payload }
}

it('gives the payload of a price with its version, in one read', async () => {
  const changed = await setPrice(1, 4_711)
  await one().publisher.publish([changed])
  const expected = { version: changed.version, payload: { version: changed.version, amountMinor: 4_711 } }
  expect(await read(1)).toEqual(expected)
  const held = await inRedis(1)
  expect(said.parse(JSON.parse(held.payload ?? ''))).toEqual(expected.payload)
})

it('gives none for a kind without a payload', async () => {
  const { states } = await one().index.read(['category:1', 'posts'])
  expect([states.get('category:1')?.payload, states.get('posts')?.payload]).toEqual([undefined, undefined])
  expect(states.get('category:1')?.version).toBeGreaterThan(0)
})

it('loses the payload with an advance that has none, and gets it back with the next reader', async () => {
  await one().publisher.publish([await setPrice(2, 1_000)])
  await read(2)
  const { version } = await inRedis(2)
  await Promise.all(fleet.map(({ keeper }) => keeper.stop())) // the outbox would bring it
  await one().index.raise([await setPrice(2, 2_000)])
  expect(await inRedis(2)).toMatchObject({ version: version + 1, payload: undefined })
  expect(await read(2)).toEqual({ version: version + 1, payload: { version: version + 1, amountMinor: 2_000 } })
  expect((await inRedis(2)).payload).toContain('2000')
  for (const { keeper } of fleet) keeper.start()
})

it('keeps the payload of a tag that is revalidated, and of one that an older version comes for', async () => {
  const changed = await setPrice(3, 3_000)
  await one().publisher.publish([changed])
  await read(3)
  await one().publisher.revalidate(['price:3'])
  await one().index.raise([{ ...changed, version: changed.version - 1, payload: '{"version":0}' }])
  await one().index.raise([{ ...changed, payload: '{"version":0}' }])
  const state = await inRedis(3)
  expect(state.expiredAt).toBeGreaterThan(0)
  expect(said.parse(JSON.parse(state.payload ?? ''))).toEqual({ version: changed.version, amountMinor: 3_000 })
})

it('moves no head for a payload that is filled in', async () => {
  await one().publisher.publish([await setPrice(4, 4_000)])
  await read(4)
  const text = (await redis.direct.get(keys.tag('price:4'))) ?? ''
  await redis.direct.set(keys.tag('price:4'), text.split('|', 1)[0] ?? '')
  const head = await redis.direct.get(keys.head)
  expect((await read(4, fleet[1])).payload.amountMinor).toBe(4_000)
  expect((await inRedis(4)).payload).toContain('4000')
  expect(await redis.direct.get(keys.head)).toBe(head)
})

it('brings the payload with what was written past the application', async () => {
  const { version } = await setPrice(5, 5_000)
  await expect.poll(async () => (await inRedis(5)).version).toBe(version)
  expect((await inRedis(5)).payload).toContain('5000')
})

it('gives it from Postgres while the index is not believed', async () => {
  await redis.proxy.cut()
  const { version } = await setPrice(6, 6_000)
  expect(await read(6)).toEqual({ version, payload: { version, amountMinor: 6_000 } })
})

it('serves versions that it has while Postgres cannot give a payload', async () => {
  const { version } = await setPrice(7, 7_000)
  await expect.poll(async () => (await inRedis(7)).version).toBe(version)
  await redis.direct.set(keys.tag('price:7'), version)
  await database.db.$executeRaw`ALTER TABLE prices RENAME TO prices_away`
  try {
    expect(await read(7)).toEqual({ version, payload: NONE })
  } finally {
    await database.db.$executeRaw`ALTER TABLE prices_away RENAME TO prices`
  }
})

it('has every payload again after Redis lost everything', async () => {
  const { version } = await setPrice(8, 8_000)
  await redis.direct.flushdb()
  const expected = { version, payload: { version, amountMinor: 8_000 } }
  expect(await read(8), 'in doubt').toEqual(expected)
  await believed()
  expect(await read(8)).toEqual(expected)
})

it('never gives the payload of a version that Postgres has lost', async () => {
  const { version } = await setPrice(9, 9_000)
  const lost = { kind: 'price', id: 9, version: version + 3, payload: `{"version":${version + 3},"amountMinor":1}` }
  await one().index.raise([lost])
  await one().index.reconcile(['price:9'])
  await expect.poll(async () => (await read(9)).version).toBe(version + 4)
  expect((await read(9)).payload).toEqual({ version: version + 4, amountMinor: 9_000 })
})

it('is never torn while prices are edited, by the application and past it', async () => {
  const products = [11, 12, 13, 14]
  const seen = new Map<string, number>()
  const edited = new AbortController()
  const edit = async (id: number, i: number) => {
    const changed = await setPrice(id, 10_000 + Math.round(Math.random() * 1e6))
    if (i % 3 > 0) await fleet[i % 2]?.publisher.publish([changed])
  }
  const reading = fleet.map(async ({ index }) => {
    while (!edited.signal.aborted) {
      const { states } = await index.read(products.map((id) => tag('price', id)))
      for (const id of products) {
        const { version = 0, payload } = states.get(tag('price', id)) ?? {}
        const { version: own, amountMinor } = said.parse(JSON.parse(payload ?? 'null'))
        expect(own).toBe(version)
        seen.set(`${id}@${version}`, amountMinor)
      }
    }
  })
  try {
    for (let i = 0; i < 75; i++) await Promise.all(products.map((id) => edit(id, i)))
  } finally {
    edited.abort()
    await Promise.all(reading)
  }
  const history = await database.db.priceChange.findMany({ where: { productId: { in: products } } })
  const truth = new Map(history.map((row) => [`${row.productId}@${row.version}`, row.newAmountMinor]))
  const torn = [...seen].filter(([name, amount]) => !name.endsWith('@1') && truth.get(name) !== amount)
  expect(torn).toEqual([])
  expect(seen.size).toBeGreaterThan(100)
})

it('reads no payload from a Postgres that took the place of another one, and shows nothing of it, until it has been raised', async () => {
  const changed = await setPrice(4, 4_000)
  await Promise.all(fleet.map(({ keeper }) => keeper.stop()))
  const { source } = await database.db.indexTerm.findUniqueOrThrow({ where: { id: 1 } })
  const setSource = (name: string) => database.db.indexTerm.update({ where: { id: 1 }, data: { source: name } })
  await setSource('another')
  const { index, publisher, ports } = one()
  const start = await index.guarded.readStart()
  const reads = [
    ports.source.rows(['price:4']),
    ports.source.rowsWithPending(['price:4']),
    ports.source.unindexed(),
    publisher.publishShown([changed], start),
  ]
  const results = await Promise.allSettled(reads)
  await setSource(source)
  for (const { keeper } of fleet) keeper.start()
  const refused = { status: 'rejected', reason: { code: 'SOURCE_UNAVAILABLE', retryable: true } }
  expect(results).toMatchObject(reads.map(() => refused))
  await publisher.publishShown([changed], start)
})
