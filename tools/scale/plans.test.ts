/** No read of the catalog may visit a whole table: planned as for a million products, on the statistics of a few. */
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { shellPrincipal } from '#lib/access/principal.ts'
import { readAudit } from '#lib/audit/readAudit.ts'
import { versionIndex } from '#lib/catalog/coherence.ts'
import { sampleProducts } from '#lib/observability/monitor/context.ts'
import { db } from '#lib/platform/db.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { planOf, statementsOf } from './plans.ts'
import { ageCatalog } from './ageCatalog.ts'
import { reads } from './reads.ts'

const SEEDED = 300
const PRETENDED = 1_000_000
/** With a row for each product, or more: these are made to look large. */
const PER_PRODUCT = [
  'products',
  'product_groups',
  'prices',
  'price_index',
  'stock',
  'product_categories',
  'category_cards',
  'related_products',
  'price_changes',
]
const LARGE = [...PER_PRODUCT, 'outbox', 'audit_log']

let database: SeededDatabase
let redis: TestRedis
let client: pg.Client

/** A thousandth of the pages, with all of the rows on them: what a scan of the whole table costs is less than in truth, so one that is not chosen here is not chosen there. */
async function pretendSize(): Promise<void> {
  await client.query(
    `SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', relname::text,
       'relpages', greatest(1, pg_relation_size(c.oid) / 8192)::int, 'reltuples', greatest(reltuples, 1) * $1::real)
     FROM pg_class c WHERE relname = ANY($2) OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid::regclass::text = ANY($2))`,
    [PRETENDED / SEEDED, PER_PRODUCT],
  )
}

beforeAll(async () => {
  database = await seededDatabase(SEEDED)
  redis = await testRedis()
  const { host, port, db: number } = redis.direct.options
  stubEnvironment({ databaseUrl: database.url, redisUrl: `redis://${host}:${port}/${number}` })
  await versionIndex().connect()
  client = new pg.Client(database.url)
  await client.connect()
  await ageCatalog(client)
  await client.query(
    `WITH edits AS (
       SELECT n, now() - n * interval '1 minute' AS at, 'request ' || n AS correlation_id FROM generate_series(1, 20000) n),
     audited AS (
       INSERT INTO audit_log (at, actor, via, action, target, correlation_id)
       SELECT at, 'ana', 'session', 'product.stock', 'product:' || n, correlation_id FROM edits)
     INSERT INTO outbox (topic, entity_ids, versions, correlation_id, created_at, enqueued_at, done_at, indexed_at)
     SELECT CASE WHEN n % 2 = 0 THEN 'price' ELSE 'stock' END, ARRAY[n], ARRAY[2], correlation_id, at, at, at, at FROM edits`,
  )
  await client.query("INSERT INTO audit_log (actor, via, action) VALUES ('Bea', 'session', 'bulk.create')")
  await client.query('ANALYZE')
})
afterAll(async () => {
  await client.end()
  await db().$disconnect()
  vi.unstubAllEnvs()
  await redis.close()
  await database.drop()
})

test('samples products of the whole range of ids', async () => {
  const { random } = await sampleProducts(db(), 0, 100)
  const above = random.filter((id) => id > SEEDED / 2)
  // Half of 100 draws, of which some meet: fewer than 20 come once in a million runs.
  expect(above.length).toBeGreaterThan(19)
})

test('reads no table from end to end', async () => {
  const found: Record<string, readonly string[]> = {}
  const all = await reads()
  await all.find(({ area }) => area === 'search')?.run(0) // loads the index, which does read everything
  await pretendSize()
  for (const { name, run } of all) {
    await run(0) // what is read once a process
    const statements = await statementsOf(() => run(1))
    if (statements.length === 0) found[name] = ['nothing was asked']
    const whole: string[] = []
    for (const one of statements) {
      const plan = await planOf(client, one)
      whole.push(...plan.wholeTables.filter((table) => LARGE.includes(table)))
    }
    if (whole.length > 0) found[name] = [...new Set(whole)]
  }
  expect(found).toEqual({})
})

test('finds who did something once among many entries of others by an index', async () => {
  const read = () => readAudit({ actor: 'bea' }, shellPrincipal('scale'))
  expect((await read()).entries.map(({ actor }) => actor)).toEqual(['Bea'])
  const plans: string[] = []
  for (const statement of await statementsOf(read)) plans.push((await planOf(client, statement, true)).text)
  // One that is passed by costs a microsecond, and the log keeps a year.
  expect(plans.filter((plan) => /Rows Removed by Filter: \d{3}/.test(plan))).toEqual([])
})
