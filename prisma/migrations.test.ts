import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applyMigrations, missingMigrationSql } from '#lib/platform/migrations.ts'
import { emptyDatabase, type TestDatabase } from '#lib/platform/testing/database.ts'

const FOLDER = path.join(import.meta.dirname, 'migrations')
const names = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .toSorted()

let database: TestDatabase
let client: pg.Client
beforeAll(async () => {
  // Not a copy of one: it is the migrations that are tested here.
  database = await emptyDatabase()
  await applyMigrations(database.url)
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

describe('the migrations', () => {
  test('make the database that schema.prisma describes', async () => {
    expect(await missingMigrationSql(database.url)).toBe('')
  })

  test('are recorded as prisma migrate deploy does it, so that it finds nothing to do and no edited file', async () => {
    const { rows } = await client.query(
      `SELECT migration_name, checksum, finished_at IS NOT NULL AS finished, rolled_back_at, logs, applied_steps_count AS steps
       FROM _prisma_migrations ORDER BY migration_name`,
    )
    expect(rows).toEqual(
      names.map((name) => ({
        migration_name: name,
        checksum: createHash('sha256')
          .update(readFileSync(path.join(FOLDER, name, 'migration.sql')))
          .digest('hex'),
        finished: true,
        rolled_back_at: null,
        logs: null,
        steps: 1,
      })),
    )
  })

  test('are applied once: a second time there is nothing to do', async () => {
    expect(await applyMigrations(database.url)).toEqual([])
  })

  test('are left alone where a database has an older text of one: a comment may be mended', async () => {
    const [first = ''] = names
    const setChecksum = (to: string) =>
      client.query('UPDATE _prisma_migrations SET checksum = $2 WHERE migration_name = $1', [first, to])
    const { rows } = await client.query<{ checksum: string }>(
      'SELECT checksum FROM _prisma_migrations WHERE migration_name = $1',
      [first],
    )
    await setChecksum('0'.repeat(64))
    expect(await applyMigrations(database.url)).toEqual([])
    await setChecksum(rows[0]?.checksum ?? '')
  })

  test('leave no shadow database on the server', async () => {
    const shadows = async () =>
      (await client.query(`SELECT datname FROM pg_database WHERE datname LIKE 'prisma_migrate_shadow_db%'`)).rows
    const before = await shadows()
    await missingMigrationSql(database.url)
    // Another file may be comparing at this moment; what was there before and is gone does not matter.
    await expect
      .poll(async () => (await shadows()).filter((row) => !before.some((old) => old.datname === row.datname)), {
        timeout: 5_000,
      })
      .toEqual([])
  })
})
