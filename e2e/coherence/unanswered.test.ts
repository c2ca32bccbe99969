import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { Checker } from './checker.ts'
import { Unanswered } from './unanswered.ts'

let catalog: SeededDatabase
let pool: pg.Pool
beforeAll(async () => {
  catalog = await seededDatabase(2)
  pool = new pg.Pool({ connectionString: catalog.url, max: 1 })
})
afterAll(async () => {
  await pool.end()
  await catalog.drop()
})

const AMOUNTS = new Map([
  [1, 1_000_001],
  [2, 1_000_002],
])

test('readers are held to a commit whose writer got no answer, and to nothing where there was no commit', async () => {
  const checker = new Checker()
  const unanswered = new Unanswered(pool)
  const shown = (versions: readonly number[]) =>
    versions.map((version, i) => ({ productId: i + 1, version, amountCents: 1_000_001 + i }))
  const read = (versions: readonly number[]) =>
    checker.read({ client: 'a', url: '/', instance: 'one', start: 1, end: 2, torn: [], shown: shown(versions) })

  unanswered.add({ amounts: AMOUNTS, committed: checker.together.begin(AMOUNTS.keys()) })
  read([2, 1])
  expect(await unanswered.settle()).toEqual([])
  expect(checker.violations).toEqual([])

  unanswered.add({ amounts: AMOUNTS, committed: checker.together.begin(AMOUNTS.keys()) })
  await pool.query('UPDATE prices SET amount_cents = 1000000 + product_id, compare_at_cents = NULL')
  read([2, 1])
  read([2, 2])
  expect(checker.violations).toEqual([])
  const [versions, ...others] = await unanswered.settle()
  expect([[...(versions ?? [])].toSorted(), others]).toEqual([
    [
      [1, 2],
      [2, 2],
    ],
    [],
  ])
  expect(checker.violations.map(({ invariant, shown: half }) => [invariant, half])).toEqual([
    ['half', { productId: 2, version: 1, amountCents: 1_000_002 }],
  ])
  expect(await unanswered.settle()).toEqual([])
})
