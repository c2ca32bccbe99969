/** Incident 13: a nightly update deleted ten thousand keys at once, and each reader asked the database. A fifth of them here. */
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dependenciesOn, withSlots } from '#lib/coherence/protocol/freshness.ts'
import { kernelInstance, kernelStores, type KernelStores } from './story/kernel.ts'
import { type Outcome, recordStory, Timeline } from './story/story.ts'

const PRODUCTS = 2_000
/** At once: each asks for one page after the other. */
const READERS = 400
/** Milliseconds that a look-up takes. */
const STATEMENT_MS = 20
/** Milliseconds after which a reader that waits for a connection gives up. */
const GIVES_UP_MS = 250
const DRAWN = 10
/** Look-ups of readers at once in one instance: one for tags that the index lacks, and one for a reader in doubt of it. */
const MOST_AT_ONCE = 2
/** Follows from it, however many pages are asked for. */
const MOST_A_SECOND = (MOST_AT_ONCE * 1_000) / STATEMENT_MS

let stores: KernelStores

beforeAll(async () => {
  stores = await kernelStores(PRODUCTS)
})
afterAll(() => stores.close())

const ids = Array.from({ length: PRODUCTS }, (_, i) => i + 1)

async function versions(): Promise<Map<number, number>> {
  const { rows } = await stores.pool.query<{ id: number; version: string }>(
    'SELECT product_id AS id, version FROM prices',
  )
  return new Map(rows.map(({ id, version }) => [id, Number(version)]))
}

const updateAll = () => stores.pool.query('UPDATE prices SET amount_cents = amount_cents + 1')

/** Each page once. @returns the errors, and the seconds that it took */
async function readAll(shown: (productId: number) => Promise<number>, timeline: Timeline) {
  const current = await versions()
  const waiting = [...ids]
  const start = performance.now()
  let errors = 0
  const reader = async () => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      const least = current.get(id) ?? 0
      const outcome = await shown(id).then(
        (version): Outcome => (version >= least ? 'current' : 'stale'),
        (): Outcome => 'refused',
      )
      if (outcome === 'refused') errors++
      if (id % DRAWN === 0) timeline.read(outcome)
    }
  }
  await Promise.all(Array.from({ length: READERS }, reader))
  timeline.mark('each page was read')
  return { errors, seconds: (performance.now() - start) / 1_000 }
}

async function naiveNight(timeline: Timeline) {
  const { direct: server } = stores.redis
  const pool = new pg.Pool({ connectionString: stores.database.url, max: 10, connectionTimeoutMillis: GIVES_UP_MS })
  const key = (id: number) => `naive:${id}`
  let [statements, atOnce, mostAtOnce] = [0, 0, 0]
  async function shown(id: number): Promise<number> {
    const kept = await server.get(key(id))
    if (kept !== null) return Number(kept)
    const connection = await pool.connect()
    try {
      statements++
      mostAtOnce = Math.max(mostAtOnce, ++atOnce)
      await connection.query('SELECT pg_sleep($1::float8 / 1000)', [STATEMENT_MS])
      const { rows } = await connection.query<{ version: string }>('SELECT version FROM prices WHERE product_id = $1', [
        id,
      ])
      await server.set(key(id), rows[0]?.version ?? '', 'EX', 3_600)
      return Number(rows[0]?.version)
    } finally {
      atOnce--
      connection.release()
    }
  }
  try {
    await server.mset(new Map([...(await versions())].map(([id, version]) => [key(id), version])))
    await updateAll()
    await server.del(ids.map(key))
    timeline.mark(`${PRODUCTS} prices updated, as many keys deleted`)
    const { errors, seconds } = await readAll(shown, timeline)
    return { errors, statements, mostAtOnce, perSecond: Math.round(statements / seconds) }
  } finally {
    await pool.end()
  }
}

/** Pages are templates: of a price they hold nothing, and take it from the index. */
async function ourNight(timeline: Timeline) {
  const instance = await kernelInstance(stores, { statementMs: STATEMENT_MS, leaseMs: 10_000 })
  const { pages, publisher } = instance.coherence
  const key = (id: number) => `/en/products/${id}`
  const price = (id: number) => `price:${id}`
  async function shown(id: number): Promise<number> {
    const found = await pages.get(key(id))
    return found?.snapshot.states.get(price(id))?.version ?? Number.NaN
  }
  try {
    const { rows } = await stores.pool.query<{ id: number; version: string }>('SELECT id, version FROM products')
    const page = await instance.entry([])
    for (const { id, version } of rows) {
      const dependencies = withSlots(dependenciesOn([{ kind: 'product', id, version: Number(version) }]), [price(id)])
      await pages.put(key(id), { ...page, dependencies })
    }
    await Promise.all(ids.map(shown))
    Object.assign(instance, { statements: 0, mostAtOnce: 0 })
    await updateAll()
    await publisher.markBehind()
    timeline.mark(`${PRODUCTS} prices updated`)
    const { errors, seconds } = await readAll(shown, timeline)
    const { statements, mostAtOnce } = instance
    return { errors, statements, mostAtOnce, perSecond: Math.round(statements / seconds) }
  } finally {
    await instance.stop()
  }
}

test('asks one question at a time when thousands of prices change at once', { timeout: 60_000 }, async ({ task }) => {
  const [naiveRun, ourRun] = [new Timeline(), new Timeline()]
  const naive = await naiveNight(naiveRun)
  expect(naive.mostAtOnce, 'the pool is in use').toBe(10)
  expect(naive.errors, 'readers give up').toBeGreaterThan(PRODUCTS / 10)

  const ours = await ourNight(ourRun)
  expect(ours.errors).toBe(0)
  expect(ourRun.count('current')).toBe(PRODUCTS / DRAWN)
  expect(ours.mostAtOnce).toBeLessThanOrEqual(MOST_AT_ONCE)
  expect(ours.perSecond).toBeLessThanOrEqual(MOST_A_SECOND)
  recordStory({
    number: 13,
    lesson: task.name,
    naive: naiveRun,
    ours: ourRun,
    figures: [
      `errors in ${PRODUCTS} reads: ${naive.errors}, and ${ours.errors}`,
      `statements: ${naive.statements} (${naive.perSecond} a second), and ${ours.statements} (${ours.perSecond}); at once at most ${naive.mostAtOnce}, and ${ours.mostAtOnce}`,
    ],
  })
})
