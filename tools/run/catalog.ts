import path from 'node:path'
import { Client } from 'pg'
import { ensurePublication } from '#lib/delivery/changes/cdc/slot.ts'
import { applyMigrations } from '#lib/platform/migrations.ts'
import { SetupError, step } from '../progress.mjs'
import { run } from '../setup/command.mjs'
import { grantApplication } from './applicationRole.ts'
import { root, type Environment } from './environment.ts'

/** @returns all that it has printed */
function script(
  title: string,
  file: string,
  failure: string,
  environment: Environment,
  signal: AbortSignal,
): Promise<string> {
  return step(title, (onLine) =>
    run(process.execPath, [path.join(root, file)], {
      cwd: root,
      env: { ...process.env, ...environment },
      onLine,
      failure,
      signal,
    }),
  )
}

async function migrate(url: string): Promise<void> {
  await step('Applying the migrations', async () => {
    try {
      await applyMigrations(url)
    } catch (error) {
      throw new SetupError(
        'The migrations could not be applied: give the account the right to change the schema, or put right what the database says below.',
        error instanceof Error ? error.message : String(error),
      )
    }
  })
}

/** The address of the database for what only its owner may do, past a pooler. */
export function ownerUrl({ DATABASE_URL = '', DATABASE_DIRECT_URL, MIGRATION_DATABASE_URL }: Environment): string {
  return MIGRATION_DATABASE_URL ?? DATABASE_DIRECT_URL ?? DATABASE_URL
}

const userOf = (url: string) => decodeURIComponent(new URL(url).username)

/** Migrations, the rights of the application, catalog. Done before, it changes nothing. */
export async function prepareDatabase(given: Environment, signal: AbortSignal): Promise<void> {
  const owner = ownerUrl(given)
  await migrate(owner)
  const application = userOf(given['DATABASE_URL'] ?? owner)
  if (application !== userOf(owner)) await grantApplication(owner, application)
  // Only the owner of the tables may name them in a publication.
  if (given['PRICE_EVENTS'] === 'cdc') await ensurePublication((sql, values) => query(owner, sql, values))
  await script(
    'Seeding the catalog',
    'prisma/seed/index.ts',
    'The catalog could not be seeded.',
    { ...given, DATABASE_URL: owner },
    signal,
  )
}

/** `prepareDatabase`, and the administrator. */
export async function prepareCatalog(
  given: Environment,
  signal: AbortSignal,
): Promise<{ readonly madeAdministrator: boolean }> {
  await prepareDatabase(given, signal)
  const said = await script(
    'Making the administrator',
    'tools/first-admin.ts',
    'The administrator could not be made.',
    { ...given, DATABASE_URL: ownerUrl(given) },
    signal,
  )
  return { madeAdministrator: /^Administrator .*: created$/m.test(said) }
}

/** Runs one query on a connection of its own. */
export async function query<Row extends object>(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    return (await client.query<Row>(sql, [...values])).rows
  } finally {
    await client.end()
  }
}

/** A database's own name for itself: one that was made anew has another. */
export async function identityOfDatabase(url: string): Promise<string> {
  const [row] = await query<{ identity: string }>(
    url,
    `SELECT system_identifier || '/' || d.oid AS identity FROM pg_control_system(), pg_database d WHERE d.datname = current_database()`,
  )
  return row?.identity ?? ''
}
