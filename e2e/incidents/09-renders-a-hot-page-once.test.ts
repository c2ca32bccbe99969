/** Incident 9: a hot key expired under load, and thousands of misses at once emptied the connection pool. */
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  kernelInstance,
  type KernelInstance,
  kernelStores,
  type KernelStores,
  versionInPostgres,
} from './story/kernel.ts'
import { type Outcome, recordStory, Timeline } from './story/story.ts'

const READERS = 3_000
const HOT = 1
/** Milliseconds that the statement behind the page takes. */
const STATEMENT_MS = 50
/** Milliseconds after which a reader that waits for a connection gives up. */
const GIVES_UP_MS = 500
/** Reads drawn in the picture: one in so many. */
const DRAWN = 100

let stores: KernelStores

beforeAll(async () => {
  stores = await kernelStores()
})
afterAll(() => stores.close())

/** All readers at once. @returns the errors */
async function crowd(shown: (reader: number) => Promise<number>, timeline: Timeline): Promise<number> {
  const current = await versionInPostgres(stores, HOT)
  timeline.mark(`the hot page has expired: ${READERS} readers at once`)
  let errors = 0
  const read = async (reader: number) => {
    const outcome = await shown(reader).then(
      (version): Outcome => (version >= current ? 'current' : 'stale'),
      (): Outcome => 'refused',
    )
    if (outcome === 'refused') errors++
    if (reader % DRAWN === 0) timeline.read(outcome)
  }
  await Promise.all(Array.from({ length: READERS }, (_, reader) => read(reader)))
  timeline.mark('each reader has an answer')
  return errors
}

/** Cache-aside with a TTL of a second, over a pool of ten. */
async function naiveCrowd(timeline: Timeline) {
  const { direct: server } = stores.redis
  const pool = new pg.Pool({ connectionString: stores.database.url, max: 10, connectionTimeoutMillis: GIVES_UP_MS })
  const key = 'naive:hot'
  let statements = 0
  async function shown(): Promise<number> {
    const kept = await server.get(key)
    if (kept !== null) return Number(kept)
    const connection = await pool.connect()
    try {
      statements++
      await connection.query('SELECT pg_sleep($1::float8 / 1000)', [STATEMENT_MS])
      const { rows } = await connection.query<{ version: string }>('SELECT version FROM prices WHERE product_id = $1', [
        HOT,
      ])
      await server.set(key, rows[0]?.version ?? '', 'EX', 1)
      return Number(rows[0]?.version)
    } finally {
      connection.release()
    }
  }
  try {
    await shown()
    await vi.waitUntil(async () => (await server.exists(key)) === 0, { timeout: 5_000, interval: 10 })
    statements = 0
    return { errors: await crowd(shown, timeline), statements }
  } finally {
    await pool.end()
  }
}

/** Two instances, whose pages expire just so. */
async function ourCrowd(timeline: Timeline) {
  const fleet = await Promise.all(
    [1, 2].map(() => kernelInstance(stores, { statementMs: STATEMENT_MS, leaseMs: 10_000 })),
  )
  const sum = (of: (instance: KernelInstance) => number) => fleet.reduce((total, one) => total + of(one), 0)
  try {
    for (const instance of fleet) {
      instance.pageTtl = 1
      await instance.shown(HOT)
    }
    const isGone = async ({ coherence }: KernelInstance) =>
      (await coherence.pages.get(`/en/products/${HOT}`)) === undefined
    await vi.waitUntil(async () => (await Promise.all(fleet.map(isGone))).every(Boolean), {
      timeout: 5_000,
      interval: 10,
    })
    for (const instance of fleet) Object.assign(instance, { pageTtl: 60, renders: 0, statements: 0 })
    const errors = await crowd(
      (reader) => fleet[reader % 2]?.shown(HOT) ?? Promise.reject(new Error('no instance')),
      timeline,
    )
    return { errors, renders: sum(({ renders }) => renders), statements: sum(({ statements }) => statements) }
  } finally {
    await Promise.all(fleet.map((instance) => instance.stop()))
  }
}

test('renders a hot page once when it expires under thousands of readers', { timeout: 60_000 }, async ({ task }) => {
  const [naiveRun, ourRun] = [new Timeline(), new Timeline()]
  const naive = await naiveCrowd(naiveRun)
  expect(naive.errors, 'the pool is empty').toBeGreaterThan(READERS / 2)
  expect(naive.statements, 'each connection asks for the same').toBeGreaterThanOrEqual(10)

  const ours = await ourCrowd(ourRun)
  expect(ours).toMatchObject({ errors: 0, renders: 1 })
  expect(ours.statements).toBeLessThanOrEqual(3)
  expect(ourRun.reads.map(({ outcome }) => outcome)).not.toContain('stale')
  recordStory({
    number: 9,
    lesson: task.name,
    naive: naiveRun,
    ours: ourRun,
    figures: [
      `errors in ${READERS} reads: ${naive.errors}, and ${ours.errors}`,
      `statements for the page: ${naive.statements}, and ${ours.statements}`,
    ],
  })
})
