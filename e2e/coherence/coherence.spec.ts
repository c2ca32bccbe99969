/**
 * A history of the shop, checked: readers of every kind of page on two instances, editors, and a user with a database
 * console. The long version is `npm run coherence`.
 */
import { expect, test } from '@playwright/test'
import { environment } from '../support/environment.ts'
import { startWebInstance, type WebInstance } from './faults/webInstance.ts'
import { PLACES } from './readings.ts'
import { describe, tables } from './report.ts'
import { run } from './run.ts'

const READS = 2_400

let second: WebInstance

test.beforeAll(async () => {
  second = await startWebInstance()
})
test.afterAll(() => second.stop())

test('no read of 2,400 shows a price that is stale, goes backwards, was never committed or is torn', async () => {
  test.setTimeout(240_000)
  const { DATABASE_URL: databaseUrl, ADMIN_EMAIL: email, ADMIN_PASSWORD: password, BASE_URL } = environment
  const result = await run({
    origins: [BASE_URL, second.url],
    databaseUrl,
    email,
    password,
    locales: ['en', 'de', 'ja'],
    reads: READS,
    readsAnEdit: 60,
    clients: 16,
    products: 12,
  })
  const { verdict, counts, writes } = result
  await test.info().attach('history.md', { body: tables(result), contentType: 'text/markdown' })

  expect(verdict.violations.map(describe)).toEqual([])
  expect(Object.entries(verdict.counts).filter(([, count]) => count > 0)).toEqual([])
  expect(counts.failures).toEqual({})
  expect(verdict.reads).toBeGreaterThanOrEqual(READS)
  // Nothing is proved about a place that was never read.
  expect(Object.keys(counts.byPlace).toSorted()).toEqual([...PLACES].toSorted())
  expect(new Set(Object.keys(counts.byKind).map((kind) => kind.split(',')[0]))).toEqual(
    new Set(['home', 'category', 'category page', 'product', 'search', 'api', 'feed']),
  )
  expect(Math.min(writes.live, writes.sql)).toBeGreaterThan(0)
  expect(writes).toMatchObject({ propagating: 0, unanswered: 0 })
})
