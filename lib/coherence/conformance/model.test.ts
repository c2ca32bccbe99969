/**
 * Random histories over both cache handlers in two processes, called as Next calls them: renders and fills that take
 * long, edits, losses, cut connections. No read returns less than was acknowledged before it began, and the pages that
 * a visitor gets never go backwards.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { cacheTags } from '../tags.ts'
import type { Fleet, Instance } from './fleet.ts'
import { oursWithShortLease as ours, PRICES } from '#lib/catalog/testing/shopSubject.ts'
import { connected, connectedFleet, Product } from './conformanceFixture.ts'

const PRODUCTS = 2
const html = z.object({ html: z.string() })

let database: SeededDatabase
let redis: TestRedis
let fleet: Fleet

beforeAll(async () => {
  database = await seededDatabase(PRODUCTS + 8)
  redis = await testRedis()
  const { host, port, db } = redis.direct.options
  fleet = await connectedFleet(ours, {
    databaseUrl: database.url,
    redisUrl: `redis://${host}:${port}/${db}`,
    rows: PRICES,
  })
})
afterAll(async () => {
  await fleet.close()
  await redis.close()
  await database.drop()
})

interface ModelState {
  readonly acknowledged: number[]
  readonly seen: number[]
  /** Renders and fills under way: how to end each. */
  readonly underWay: (() => Promise<void>)[]
  readonly filling: Set<string>
  cut: boolean
  hits: number
}

function shownVersion(value: unknown): number {
  return Number(/data-price-version=\\?"(\d+)/.exec(html.safeParse(value).data?.html ?? JSON.stringify(value))?.[1])
}

async function heal(model: ModelState): Promise<void> {
  if (!model.cut) return
  for (const instance of [fleet.a, fleet.b]) await instance.proxy.heal()
  for (const instance of [fleet.a, fleet.b]) await connected(fleet, instance)
  model.cut = false
}

const STEPS = {
  async edit(model: ModelState, at: Instance, product: Product) {
    await product.commit()
    const version = await product.version()
    const acknowledged = await at.revalidate([product.tag]).then(
      () => true,
      () => false,
    )
    if (acknowledged) model.acknowledged[product.id] = version
  },
  /** A write past the application: no instance is notified. */
  async commit(_model: ModelState, _at: Instance, product: Product) {
    await product.commit()
  },
  async startRender(model: ModelState, at: Instance, product: Product) {
    const request = await at.open()
    if ((await at.get(request, product.key)).verdict === 'fresh') return
    const page = await product.page()
    model.underWay.push(() => at.set(request, product.key, page))
  },
  async startFill(model: ModelState, at: Instance, product: Product) {
    // A second one would wait for the first, as Next wants it, and the first for the history to end it.
    const fill = `${at === fleet.a ? 'a' : 'b'}${product.id}`
    if (model.filling.has(fill)) return
    model.filling.add(fill)
    const end = await at.dataFill(product.key)
    const version = await product.version()
    model.underWay.push(async () => {
      await end({ how: 'value', text: String(version), tags: cacheTags([{ kind: 'price', id: product.id, version }]) })
      model.filling.delete(fill)
    })
  },
  async finish(model: ModelState) {
    await model.underWay.shift()?.()
  },
  async finishNewest(model: ModelState) {
    await model.underWay.pop()?.()
  },
  async readPage(model: ModelState, at: Instance, product: Product) {
    const acknowledged = model.acknowledged[product.id] ?? 0
    const { verdict, value } = await at.read(product.key)
    if (verdict === 'miss') return
    const version = shownVersion(value)
    expect(version, 'acknowledged before the page was asked for').toBeGreaterThanOrEqual(acknowledged)
    expect(version, 'seen before').toBeGreaterThanOrEqual(model.seen[product.id] ?? 0)
    model.seen[product.id] = version
    model.hits++
  },
  async readData(model: ModelState, at: Instance, product: Product) {
    const acknowledged = model.acknowledged[product.id] ?? 0
    // A read that waits for a fill under way would wait for the history to end it.
    if (model.filling.size > 0) return
    const { verdict, text } = await at.dataRead(product.key)
    if (verdict !== 'miss')
      expect(Number(text), 'acknowledged before the value was asked for').toBeGreaterThanOrEqual(acknowledged)
  },
  async flush() {
    await fleet.redis.flushdb()
  },
  async cut(model: ModelState) {
    if (model.cut) return
    model.cut = true
    for (const instance of [fleet.a, fleet.b]) await instance.proxy.cut()
  },
  async heal(model: ModelState) {
    await heal(model)
  },
}

const names = [
  'edit',
  'edit',
  'commit',
  'startRender',
  'startRender',
  'startRender',
  'startFill',
  'finish',
  'finish',
  'finish',
  'finishNewest',
  'readPage',
  'readPage',
  'readPage',
  'readPage',
  'readData',
  'flush',
  'cut',
  'heal',
] as const satisfies (keyof typeof STEPS)[]

const event = fc.record({
  step: fc.constantFrom(...names),
  second: fc.boolean(),
  product: fc.integer({ min: 1, max: PRODUCTS }),
})

it('returns no old read in random histories of two instances', { timeout: 90_000 }, async () => {
  let hits = 0
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 20, maxLength: 60 }), async (events) => {
      const model: ModelState = { acknowledged: [], seen: [], underWay: [], filling: new Set(), cut: false, hits: 0 }
      await fleet.redis.flushdb()
      try {
        for (const { step, second, product } of events)
          await STEPS[step](model, second ? fleet.b : fleet.a, new Product(fleet, product))
      } finally {
        await heal(model)
        for (const finish of model.underWay) await finish()
      }
      hits += model.hits
    }),
    { numRuns: 12 },
  )
  expect(hits, 'reads that a cache answered').toBeGreaterThan(0)
})
