/** A database with the shop's migrations, made once a server: a copy of it takes a tenth of the time that they take. */
import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type pg from 'pg'
import { applyMigrations } from '#lib/platform/migrations.ts'

const ROOT = path.join(import.meta.dirname, '../../..')
const PREFIX = 'evergreen_template_'
/** Test files that begin at once: one makes the template, the others wait for it. */
const LOCK = 7_201_131

/** The hash of everything that decides the result of the migrations. */
function migrationsHash(): string {
  const hash = createHash('sha256')
  for (const file of globSync(['prisma/migrations/**/*.sql', 'lib/platform/migrations.ts'], { cwd: ROOT }).toSorted())
    hash
      .update(`${file}\0`)
      .update(readFileSync(path.join(ROOT, file)))
      .update('\0')
  return hash.digest('hex').slice(0, 12)
}

async function exists(client: pg.Client, name: string): Promise<boolean> {
  return (await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])).rowCount !== 0
}

/** Makes it under another name: what has the right name is complete. Those of other migrations go. */
async function make(client: pg.Client, name: string, urlOf: (database: string) => string): Promise<void> {
  const { rows } = await client.query<{ datname: string }>(
    'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
    [PREFIX],
  )
  for (const { datname } of rows) await client.query(`DROP DATABASE ${datname} WITH (FORCE)`)
  const unfinished = `${name}_unfinished`
  await client.query(`CREATE DATABASE ${unfinished}`)
  await applyMigrations(urlOf(unfinished))
  // The engine's last connection may still be closing.
  await client.query('SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1', [unfinished])
  await client.query(`ALTER DATABASE ${unfinished} RENAME TO ${name}`)
}

/**
 * @param client of the server
 * @param urlOf the address of a database on it
 * @returns the name of a database to copy, which has no connections
 */
export async function migratedTemplate(client: pg.Client, urlOf: (database: string) => string): Promise<string> {
  const name = PREFIX + migrationsHash()
  if (await exists(client, name)) return name
  await client.query('SELECT pg_advisory_lock($1)', [LOCK])
  try {
    if (!(await exists(client, name))) await make(client, name, urlOf)
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK])
  }
  return name
}
