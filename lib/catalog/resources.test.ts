import { afterAll, beforeAll, expect, it } from 'vitest'
import { freshDatabase, type TestDatabase } from '#lib/platform/testing/database.ts'
import pg from 'pg'
import { resources } from './resources.ts'

let database: TestDatabase
let client: pg.Client
beforeAll(async () => {
  database = await freshDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

it('lists the kinds that the database stamps, with their tables, and no others', async () => {
  const { rows } = await client.query<{ table: string; stamp: string }>(`
    SELECT t.tgrelid::regclass::text AS table, p.proname AS stamp FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE t.tgname = 'zz_stamp_version'`)
  const stamped = rows.map(({ table, stamp }) => [stamp.replace('stamp_version_of_', '').replaceAll('_', '-'), table])
  expect(stamped.toSorted()).toEqual(
    resources()
      .map(([kind, { table }]) => [kind, table])
      .toSorted(),
  )
})

it.each(resources())(
  'names columns of %s that are there: an integer id and a bigint version',
  async (_kind, resource) => {
    const { table, idColumn, versionColumn } = resource
    const { rows } = await client.query<{ name: string; type: string }>(
      `SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_name = $1`,
      [table],
    )
    expect(rows).toContainEqual({ name: idColumn, type: 'integer' })
    expect(rows).toContainEqual({ name: versionColumn, type: 'bigint' })
  },
)
