/**
 * Random histories of edits, renders that take long, stores, losses and reads, on two instances over real
 * servers. In every history a read returns nothing older than what was acknowledged when it began, and no reader sees
 * a version go backwards.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { BodyRoom } from '../store/bodyRoom.ts'
import { EntryStore, type Entry } from '../store/entryStore.ts'
import { dependenciesOf } from './freshness.ts'
import { isFreshnessError } from './errors.ts'
import { keys } from './keys.ts'
import { renderStart } from '../render/renderStart.ts'
import { testCoherence } from '#lib/catalog/testing/coherence.ts'
import type { Coherence } from '../coherence.ts'

const PRODUCTS = [1, 2]
const PATH_TAG = '_N_T_/en'
/** Short, so that a history can lose the index several times. */
const LEASE_MS = 100
/** So short that an instance misses changes now and then. */
const LOG_LENGTH = 2

interface Page {
  readonly version: number
  /** When its render started, counted in steps of the history. */
  readonly step: number
}

interface Instance {
  readonly redis: TestRedis
  readonly index: Coherence['index']
  readonly publisher: Coherence['publisher']
  readonly keeper: Coherence['keeper']
  store: EntryStore<Page>
  readonly rendering: { product: number; entry: Entry<Page> }[]
}

interface ModelState {
  readonly instances: readonly Instance[]
  step: number
  readonly acknowledged: Map<number, number>
  readonly seen: Map<number, number>
  revalidatedAt: number
}

let database: SeededDatabase
let instances: Instance[]

function newStore(redis: TestRedis, index: Coherence['index']): EntryStore<Page> {
  return new EntryStore<Page>({
    name: 'test',
    redis: redis.client,
    index,
    room: new BodyRoom(redis.client),
    redisKey: (key) => keys.page('model', key),
    maxBytes: 1024 * 1024,
    sizeOf: () => 1,
    isValue: (value): value is Page =>
      typeof value === 'object' && value !== null && 'version' in value && 'step' in value,
  })
}

beforeAll(async () => {
  database = await seededDatabase()
  instances = []
  for (let i = 0; i < 2; i++) {
    const redis = await testRedis({ commandTimeout: 200 })
    const { index, publisher, keeper } = await testCoherence(redis.client, database.db, {
      leaseMs: LEASE_MS,
      logLength: LOG_LENGTH,
    })
    instances.push({ redis, index, publisher, keeper, store: newStore(redis, index), rendering: [] })
  }
})
afterAll(async () => {
  for (const { redis } of instances) await redis.close()
  await database.drop()
})
async function healed(): Promise<void> {
  await Promise.all(
    instances.map(async ({ redis, index, keeper }) => {
      await redis.proxy.heal()
      keeper.start()
      await vi.waitUntil(
        async () => {
          await index.read([])
          return index.trusted
        },
        { timeout: 10_000, interval: 10 },
      )
    }),
  )
}

const versionOf = async (productId: number) =>
  Number((await database.db.price.findUniqueOrThrow({ where: { productId } })).version)

async function commit(product: number): Promise<number> {
  const row = await database.db.price.update({ where: { productId: product }, data: { amountMinor: { increment: 1 } } })
  return Number(row.version)
}

/** A read that is refused, with a 503. */
function unavailable(error: unknown): undefined {
  if (!isFreshnessError(error)) throw error
}

/** Each step is one thing that can happen, to one instance and one product. */
const STEPS = {
  async edit(model: ModelState, at: Instance, product: number) {
    const version = await commit(product)
    const acknowledged = await at.publisher.publish([{ kind: 'price', id: product, version }]).then(
      (live) => live,
      () => false,
    )
    if (acknowledged) model.acknowledged.set(product, version)
  },
  async sqlEdit(_model: ModelState, _at: Instance, product: number) {
    await commit(product)
  },
  async startRender(model: ModelState, at: Instance, product: number) {
    const start = await renderStart(at.index)
    const version = await versionOf(product)
    const dependencies = dependenciesOf([PATH_TAG, `price:${product}`, `price:${product}@${version}`])
    at.rendering.push({ product, entry: { ...start, dependencies, ttl: 60, value: { version, step: model.step } } })
  },
  async finishRender(_model: ModelState, at: Instance) {
    const render = at.rendering.pop()
    if (render) await at.store.put(`product-${render.product}`, render.entry)
  },
  async read(model: ModelState, at: Instance, product: number) {
    const acknowledged = model.acknowledged.get(product) ?? 0
    const found = await at.store.get(`product-${product}`).catch(unavailable)
    if (!found || found.verdict === 'unconfirmed') return
    const { version, step } = found.entry.value
    const raised = await at.publisher
      .raiseToAtLeast(found.entry.dependencies, found.snapshot, found.entry)
      .then(() => true, unavailable)
    if (!raised) return
    expect(version, 'acknowledged before the read began').toBeGreaterThanOrEqual(acknowledged)
    expect(version, 'seen before by the same reader').toBeGreaterThanOrEqual(model.seen.get(product) ?? 0)
    // While Redis is away revalidations of plain tags cannot be looked up; versions can.
    if (found.snapshot.from === 'index')
      expect(step, 'rendered after the revalidation').toBeGreaterThan(model.revalidatedAt)
    model.seen.set(product, version)
  },
  async revalidate(model: ModelState, at: Instance) {
    const done = await at.publisher.revalidate([PATH_TAG]).then(
      () => true,
      () => false,
    )
    if (done) model.revalidatedAt = model.step
  },
  async flush(_model: ModelState, at: Instance) {
    await at.redis.direct.flushdb()
  },
  async loseTag(_model: ModelState, at: Instance, product: number) {
    await at.redis.direct.unlink(keys.tag(`price:${product}`))
  },
  /** As a Redis that refuses writes, or whose clock steps ahead. */
  async loseLease(_model: ModelState, at: Instance) {
    await at.redis.direct.unlink(keys.indexLease)
  },
  /** Redis restarts with a file that lacks an edit of a page that it has; a new term takes some time to notice. */
  async restoreFile(model: ModelState, at: Instance, product: number) {
    const { direct } = at.redis
    await STEPS.startRender(model, at, product)
    await STEPS.finishRender(model, at)
    const names = await direct.keys('*')
    const values = await Promise.all(
      names.map(async (key) => ({ key, value: await direct.dumpBuffer(key), ttlMs: await direct.pttl(key) })),
    )
    await STEPS.edit(model, at, product)
    const restored = direct.multi().flushdb()
    for (const { key, value, ttlMs } of values) if (value) restored.restore(key, Math.max(0, ttlMs), value)
    // A server that has restarted is another one: the lease in its file names the one that it was.
    restored.set(keys.indexLease, `1 9 ${'0'.repeat(40)}:${'0'.repeat(40)}`, 'PX', LEASE_MS)
    await restored.exec()
    for (const reader of model.instances) await STEPS.read(model, reader, product)
  },
  /** As a process that stands still does, it refreshes no lease. */
  async stopKeeper(_model: ModelState, at: Instance) {
    await at.keeper.stop()
  },
  async startKeeper(_model: ModelState, at: Instance) {
    at.keeper.start()
  },
  async replacePostgres() {
    await database.db.$executeRaw`UPDATE index_term SET source = 'another system'`
  },
  async restart(_model: ModelState, at: Instance) {
    at.store = newStore(at.redis, at.index)
  },
  async cut(model: ModelState) {
    for (const at of model.instances) await STEPS.cutOne(model, at)
  },
  async cutOne(_model: ModelState, at: Instance) {
    await at.redis.proxy.heal()
    await at.redis.proxy.cut()
  },
  async heal() {
    await healed()
  },
}

type Step = keyof typeof STEPS
const weights: Record<Step, number> = {
  edit: 3,
  sqlEdit: 4,
  startRender: 6,
  finishRender: 6,
  read: 8,
  revalidate: 1,
  flush: 1,
  loseTag: 1,
  loseLease: 0.5,
  restoreFile: 0.5,
  stopKeeper: 1,
  startKeeper: 1,
  replacePostgres: 0.5,
  restart: 1,
  cut: 0.5,
  cutOne: 1,
  heal: 1,
}
const steps = Object.entries(weights).flatMap(([name, weight]) => Array<Step>(weight * 2).fill(name as Step))
const history = fc.array(
  fc.record({ step: fc.constantFrom(...steps), instance: fc.nat(1), product: fc.constantFrom(...PRODUCTS) }),
  { minLength: 20, maxLength: 100 },
)

it(
  'no read returns less than was acknowledged before it, and no reader goes backwards',
  { timeout: 120_000 },
  async () => {
    let hits = 0
    await fc.assert(
      fc.asyncProperty(history, async (events) => {
        const model: ModelState = { instances, step: 0, acknowledged: new Map(), seen: new Map(), revalidatedAt: -1 }
        await healed()
        for (const instance of instances) {
          instance.store = newStore(instance.redis, instance.index)
          instance.rendering.length = 0
        }
        await instances[0]?.redis.direct.flushdb()
        for (const { step, instance, product } of events) {
          model.step++
          const at = instances[instance]
          if (at) await STEPS[step](model, at, product)
        }
        hits += model.seen.size
      }),
      { numRuns: 30 },
    )
    expect(hits, 'histories in which something was served from a cache').toBeGreaterThan(0)
  },
)
