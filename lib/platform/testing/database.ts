/** A database of a test file's own, on the server of DATABASE_URL. */
import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { testEnv } from '../env.ts'
import { migratedTemplate } from './template.ts'

export interface TestDatabase {
  readonly url: string
  drop(): Promise<void>
}

async function onServer<T>(use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: testEnv().DATABASE_URL })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

const CLOSING_MS = 2_000

/** A pool that was ended still says goodbye to the server: dropping under it would surface as errors in the test. */
async function dropDatabase(client: pg.Client, name: string): Promise<void> {
  const until = Date.now() + CLOSING_MS
  const isOpen = async () =>
    (await client.query('SELECT 1 FROM pg_stat_activity WHERE datname = $1', [name])).rowCount !== 0
  while (Date.now() < until && (await isOpen())) await setTimeout(10)
  await client.query(`DROP DATABASE ${name} WITH (FORCE)`)
}

function urlOf(name: string): string {
  const url = new URL(testEnv().DATABASE_URL)
  url.pathname = `/${name}`
  return url.href
}

async function copyOf(template: (client: pg.Client) => Promise<string>): Promise<TestDatabase> {
  const name = `evergreen_test_${randomBytes(6).toString('hex')}`
  await onServer(async (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${await template(client)}`))
  return { url: urlOf(name), drop: () => onServer((client) => dropDatabase(client, name)) }
}

/** @returns a database without a table */
export function emptyDatabase(): Promise<TestDatabase> {
  return copyOf(() => Promise.resolve('template1'))
}

/** @returns a database with the shop's migrations applied */
export function freshDatabase(): Promise<TestDatabase> {
  return copyOf((client) => migratedTemplate(client, urlOf))
}
