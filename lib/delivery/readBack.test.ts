import { afterAll, beforeAll, expect, it } from 'vitest'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { readThroughEdge } from './readBack.ts'

/** More than a statement has parameters. */
const MANY = 40_000

let database: SeededDatabase

beforeAll(async () => {
  database = await seededDatabase(1)
})
afterAll(() => database.drop())

it('looks for the pages of 40,000 products in one statement', async () => {
  const unknown = Array.from({ length: MANY }, (_, i) => ({ kind: 'price', id: 1_000_000 + i, version: 2 }))
  const edge = {
    name: 'none',
    url: 'http://127.0.0.1:9',
    immediate: true,
    publish: async () => {},
    purge: async () => {},
  }
  expect(await readThroughEdge(database.db, edge, unknown)).toEqual({ read: 0, behind: [] })
})
