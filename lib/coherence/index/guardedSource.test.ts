/** Reads past an index that is not believed, while a large commit is not in it yet. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { versionSource } from '#lib/catalog/coherence.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { tag } from '../tags.ts'

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

async function read() {
  const began = performance.now()
  const { pending } = await versionSource(() => database.db).readGuarded(TAGS, undefined)
  return { pending: pending.size, ms: performance.now() - began }
}

it('finds what is not indexed after a sale in little more time than without one', async () => {
  await database.db.$executeRaw`UPDATE outbox SET indexed_at = clock_timestamp()`
  await read()
  const without = await read()
  await database.db.$executeRaw`
    INSERT INTO outbox (topic, entity_ids, versions)
    SELECT 'price', array_agg(1000 + part * 1000 + i), array_agg(1)
    FROM generate_series(0, ${ROWS - 1}::int) part, generate_series(1, 1000) i GROUP BY part`
  const after = await read()
  expect([without.pending, after.pending]).toEqual([0, PRODUCTS - 1000])
  expect(after.ms / without.ms).toBeLessThan(8)
})
