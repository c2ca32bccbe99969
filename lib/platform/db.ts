import { createHash } from 'node:crypto'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient } from '#lib/generated/prisma/client.ts'
import { env } from './env.ts'
import { processSingleton } from './process/processSingleton.ts'

export type Db = PrismaClient

/** 5 s to get a connection, 10 s for a statement. A pooler knows no setting of a session: there its `connect_query` sets the latter. */
export function connectionOf(url: string) {
  return {
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    ...(env().DATABASE_DIRECT_URL === undefined && { statement_timeout: 10_000 }),
    // Postgres cannot end a statement that the network has swallowed.
    query_timeout: 12_000,
    application_name: 'evergreen',
  }
}

/** The process' connections to Postgres: 10. */
function pool(): pg.Pool {
  return processSingleton('pool', () => {
    const connections = new pg.Pool({ ...connectionOf(env().DATABASE_URL), max: 10 })
    connections.on('error', () => undefined) // of one that is idle: the next statement gets another
    return connections
  })
}

/** The names of prepared statements, by their text. */
const names = new Map<string, string>()

/**
 * Has each connection plan a statement once, not with each run: for one that is asked again and again, whose text is always the same and
 * whose plan suits any number of ids. Behind a pooler, which hands a connection to others, nothing is prepared.
 * @param sql as Postgres gets it @returns the same
 */
export function prepared(sql: string): string {
  if (!names.has(sql)) names.set(sql, createHash('sha256').update(sql).digest('base64url').slice(0, 22))
  return sql
}

/** Without a name nothing is prepared. */
const nameOf = (sql: string) => (env().DATABASE_DIRECT_URL === undefined ? (names.get(sql) ?? '') : '')

/** The process' Prisma client. */
export function db(): Db {
  return processSingleton('db', () => {
    const statementNameGenerator = ({ sql }: { readonly sql: string }) => nameOf(sql)
    return new PrismaClient({ adapter: new PrismaPg(pool(), { disposeExternalPool: true, statementNameGenerator }) })
  })
}

/**
 * Runs one prepared statement without Prisma, which takes 0.4 ms of the processor: for look-ups that each edit waits for, and many reads.
 * @throws the error of the driver
 */
export async function lookUp(sql: string, parameters: readonly unknown[]): Promise<readonly object[]> {
  const { rows } = await pool().query<object>({ name: nameOf(prepared(sql)), text: sql, values: [...parameters] })
  return rows
}
