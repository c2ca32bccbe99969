/** Reads past an index that is not believed: while a large commit is not in it yet, and while one Postgres takes the place of another. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { versionSource } from '#lib/catalog/coherence.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { leaseTimes } from '../protocol/lease.ts'
import { tag } from '../tags.ts'
import { GuardedSource } from './guardedSource.ts'

const PRODUCTS = 2_000
/** Rows of the outbox of a thousand changes each: a sale of 40,000 prices. */
const ROWS = 40
const TAGS = Array.from({ length: PRODUCTS }, (_, i) => tag('price', i + 1))

let database: SeededDatabase
beforeAll(async () => {
  database = await seededDatabase(PRODUCTS)
  await database.db.$executeRaw`UPDATE index_term SET term = 1, source = database_identity()`
}, 60_000)
afterAll(() => database.drop())

/** The quickest of some reads: the others say something of the machine. */
async function read() {
  const times: number[] = []
  let pending = 0
  for (let i = 0; i < 5; i++) {
    const began = performance.now()
    pending = (await versionSource(() => database.db).readGuarded(TAGS, undefined)).pending.size
    times.push(performance.now() - began)
  }
  return { pending, ms: Math.min(...times) }
}

it('finds what is not indexed after a sale in little more time than without one', async () => {
  await database.db.$executeRaw`UPDATE outbox SET indexed_at = clock_timestamp()`
  const without = await read()
  await database.db.$executeRaw`
    INSERT INTO outbox (topic, entity_ids, versions)
    SELECT 'price', array_agg(1000 + part * 1000 + i), array_agg(1)
    FROM generate_series(0, ${ROWS - 1}::int) part, generate_series(1, 1000) i GROUP BY part`
  const after = await read()
  expect([without.pending, after.pending]).toEqual([0, PRODUCTS - 1000])
  expect(after.ms / without.ms).toBeLessThan(8)
})

/** Another Postgres answers from now on. */
async function promote(identity: string): Promise<void> {
  await database.db.$executeRawUnsafe(
    `CREATE OR REPLACE FUNCTION database_identity() RETURNS text LANGUAGE sql AS $$ SELECT '${identity}' $$`,
  )
}

it('refuses what was read from a Postgres that another has taken the place of, whether the process had heard of that one or not', async () => {
  const guarded = new GuardedSource(
    versionSource(() => database.db),
    leaseTimes(400),
    async () => undefined,
  )
  const start = await guarded.readStart()
  expect(await guarded.requireCurrent(start)).toMatchObject({ current: true })
  await promote('another')
  await database.db.$executeRaw`UPDATE index_term SET term = term + 1, source = database_identity()`
  const refused = { code: 'SOURCE_UNAVAILABLE', retryable: true }
  await expect(guarded.requireCurrent(start), 'not heard of').rejects.toMatchObject(refused)
  await expect(guarded.requireCurrent(start), 'heard of').rejects.toMatchObject(refused)
  expect(await guarded.requireCurrent(await guarded.readStart())).toMatchObject({ identity: 'another' })
})

it('begins no term in a Postgres that has taken the place of the one that was looked at', async () => {
  const source = versionSource(() => database.db)
  const next = { server: 'one', epoch: 'one/0', reason: 'lease-lost', above: 0 } as const
  const seen = await source.term()
  await promote('the next')
  expect(await source.beginTerm(seen, next)).toBeUndefined()
  expect(await source.beginTerm(await source.term(), next)).toMatchObject({ current: true })
})

it('takes a term for an old one when the clock of Postgres was set back since it began', async () => {
  await database.db.$executeRaw`UPDATE index_term SET began_at = clock_timestamp() + interval '1 hour'`
  expect((await versionSource(() => database.db).term()).ageMs).toBeGreaterThan(3_000_000)
})

it('asks a scan of the outbox once which Postgres it is read from, however many rows it has', async () => {
  await database.db.$executeRaw`CREATE SEQUENCE asked`
  await database.db.$executeRaw`
    CREATE OR REPLACE FUNCTION database_identity() RETURNS text LANGUAGE sql AS $$ SELECT 'counted' FROM nextval('asked') $$`
  await database.db.$executeRaw`UPDATE index_term SET source = 'counted'`
  const { ids, position } = await versionSource(() => database.db).unindexed()
  const [answer] = await database.db.$queryRaw<{ asked: number }[]>`SELECT last_value::int AS asked FROM asked`
  expect(ids.length).toBeGreaterThan(5)
  expect(position).toMatch(/^counted \d+$/)
  expect(answer?.asked, 'for the position, and for whether it was replaced').toBe(2)
})
