/** The prices of this moment, on real stores: what is asked of Postgres, and what is never shown. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createCoherence, type Coherence } from '#lib/coherence/index.ts'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { testCoherence } from '#lib/catalog/testing/coherence.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { CurrentPrices } from './currentPrices.ts'

let database: SeededDatabase
let redis: TestRedis
let coherence: Coherence
/** Statements that asked Postgres for rows with payloads. */
let asked: string[][]

beforeAll(async () => {
  ;[database, redis] = await Promise.all([seededDatabase(), testRedis()])
  coherence = await testCoherence(redis.client, database.db)
  const { source } = coherence.ports
  const { rows } = source
  vi.spyOn(source, 'rows').mockImplementation((tags) => {
    asked.push([...tags])
    return rows(tags)
  })
})
beforeEach(() => void (asked = []))
afterEach(() => redis.proxy.heal())
afterAll(async () => {
  await coherence.keeper.stop()
  await redis.close()
  await database.drop()
})

const prices = new CurrentPrices(() => coherence)
const current = async (id: number) => (await prices.read([id]))[0]
const askedFor = (name: string) => asked.filter((tags) => tags.includes(name)).length

async function edit(productId: number): Promise<{ version: number; amountMinor: number }> {
  const data = { amountMinor: { increment: 1 }, compareAtMinor: null }
  const { version, amountMinor } = await database.db.price.update({ where: { productId }, data })
  return { version: Number(version), amountMinor }
}

async function acknowledgedEdit(productId: number) {
  const price = await edit(productId)
  await coherence.publisher.publish([{ kind: 'price', id: productId, version: price.version }])
  return price
}

describe('the prices of this moment', () => {
  it('come from the index alone, for any number of readers', async () => {
    const { version, amountMinor } = await acknowledgedEdit(1)
    await current(1)
    asked = []
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => current(1)))
    expect(new Set(answers.map((price) => `${price?.version}:${price?.amountMinor}`))).toEqual(
      new Set([`${version}:${amountMinor}`]),
    )
    expect(asked).toEqual([])
  })

  it('are never less than what was acknowledged before the read', async () => {
    for (let i = 0; i < 20; i++) {
      const { version, amountMinor } = await acknowledgedEdit(3)
      expect(await current(3)).toMatchObject({ version, amountMinor })
    }
  })

  it('are never torn while the row changes', async () => {
    const seen = await Promise.all([
      ...Array.from({ length: 50 }, () => current(4)),
      ...Array.from({ length: 20 }, async () => void (await acknowledgedEdit(4))),
      ...Array.from({ length: 50 }, () => current(4)),
    ])
    const history = await database.db.priceChange.findMany({ where: { productId: 4 } })
    const committed = new Map(history.map((change) => [Number(change.version), change.newAmountMinor]))
    const torn = seen.filter(
      (price) => price && price.version > 1 && committed.get(price.version) !== price.amountMinor,
    )
    expect(torn).toEqual([])
  })

  it('keep the order of the ids, and leave out those without a product', async () => {
    expect((await prices.read([7, 999_999, 6])).map(({ productId }) => productId)).toEqual([7, 6])
  })

  it('ask Postgres once in a quarter of a second for a product that does not exist', async () => {
    const start = performance.now()
    for (let i = 0; i < 100; i++) expect(await current(888_888)).toBeUndefined()
    expect(askedFor('price:888888')).toBeLessThanOrEqual(1 + Math.ceil((performance.now() - start) / 250))
  })

  it('ask Postgres once in a quarter of a second for a price that the index is ahead of, and show the row', async () => {
    await coherence.keeper.stop()
    const price = await edit(5)
    await coherence.index.raise([{ kind: 'price', id: 5, version: price.version + 3 }])
    const start = performance.now()
    for (let i = 0; i < 100; i++) expect(await current(5)).toMatchObject(price)
    // Once by the index, and once here.
    expect(askedFor('price:5')).toBeLessThanOrEqual(2 * (1 + Math.ceil((performance.now() - start) / 250)))
    coherence.keeper.start()
    await coherence.index.reconcile(['price:5'])
    await expect.poll(async () => (await current(5))?.version).toBe(price.version + 4)
  })

  it('do not show a payload that was written by hand and is none of that version', async () => {
    const { version, amountMinor } = await acknowledgedEdit(6)
    for (const poison of ['{', '[]', 'null', '{"version":1,"amountMinor":1}']) {
      await redis.direct.set(keys.tag('price:6'), `${version}|${poison}`)
      // Another process has no state of the tag yet.
      const other = createCoherence(coherence.ports)
      await vi.waitUntil(async () => (await other.index.read([])).from === 'index', 10_000)
      expect((await new CurrentPrices(() => other).read([6]))[0]).toMatchObject({ version, amountMinor })
      await other.keeper.stop()
    }
  })

  it('are those of Postgres while Redis is away', async () => {
    await redis.proxy.cut()
    const price = await edit(9)
    expect(await current(9)).toMatchObject(price)
    await redis.proxy.heal()
    await vi.waitUntil(async () => (await coherence.index.read([])).from === 'index', 5_000)
  })
})

describe('whether a product is sold', () => {
  const setStatus = async (id: number, status: 'active' | 'discontinued') => {
    const version = Number((await database.db.product.update({ where: { id }, data: { status } })).version)
    await coherence.publisher.publish([{ kind: 'product', id, version }])
    return version
  }

  it('is what the version of the product says, from the moment that its change is acknowledged', async () => {
    const before = await current(11)
    for (const status of ['discontinued', 'active', 'discontinued', 'active'] as const) {
      const productVersion = await setStatus(11, status)
      expect(await current(11)).toEqual({ ...before, status, productVersion })
    }
  })

  it('is never older than the price beside it', async () => {
    await setStatus(13, 'discontinued')
    const { version } = await acknowledgedEdit(13)
    expect(await current(13)).toMatchObject({ version, status: 'discontinued' })
  })
})

it('the lowest price of 30 days belongs to the version as the amount does', async () => {
  const where = { productId: 14 }
  await database.db.price.update({ where, data: { compareAtMinor: null, amountMinor: 9_000 } })
  const { version } = await database.db.price.update({ where, data: { compareAtMinor: 20_000, amountMinor: 100 } })
  await coherence.publisher.publish([{ kind: 'price', id: 14, version: Number(version) }])
  expect((await current(14))?.lowestMinor).toBeGreaterThan(100)
})
