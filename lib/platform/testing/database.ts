/** A database of a test file's own, with the migrations applied, on the server of DATABASE_URL. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { applyMigrations } from '#lib/platform/migrations.ts'
import { testEnv } from '../env.ts'

export interface TestDatabase {
  readonly url: string
  drop(): Promise<void>
}

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: testEnv().DATABASE_URL })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

export async function freshDatabase(): Promise<TestDatabase> {
  const name = `evergreen_test_${randomBytes(6).toString('hex')}`
  await onServer(`CREATE DATABASE ${name}`)
  const url = new URL(testEnv().DATABASE_URL)
  url.pathname = `/${name}`
  await applyMigrations(url.href)
  return { url: url.href, drop: () => onServer(`DROP DATABASE ${name} WITH (FORCE)`) }
}
