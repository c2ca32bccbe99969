import { createHash } from 'node:crypto'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { Prisma, PrismaClient } from '#lib/generated/prisma/client.ts'
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

/** The process' Prisma client. */
export function db(): Db {
  return processSingleton('db', () => {
    return new PrismaClient({ adapter: new PrismaPg(pool(), { disposeExternalPool: true }) })
  })
}

/** The names of prepared statements, by their text. */
const names = new Map<string, string>()

/** Behind a pooler, which hands a connection to others, nothing is prepared: without a name. */
function nameOf(sql: string): string | undefined {
  if (env().DATABASE_DIRECT_URL !== undefined) return undefined
  const name = names.get(sql) ?? createHash('sha256').update(sql).digest('base64url').slice(0, 22)
  names.set(sql, name)
  return name
}

/** As Prisma gives them: whole numbers of 64 bits as bigint. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (type, format) => (type === pg.types.builtins.INT8 ? BigInt : pg.types.getTypeParser(type, format)),
}

/** Runs one statement, on a client or in a transaction. @throws the error of the driver, or that of Prisma with it */
export type RunStatement = <Row extends object>(statement: Prisma.Sql) => Promise<Row[]>

/**
 * Runs one statement without Prisma, which takes 0.4 ms of the processor, and prepared, so that a connection plans it once: for what each
 * edit waits for, and many reads. Its text is to be the same each time, its plan to suit any parameters.
 * @throws the error of the driver
 */
export const runPrepared = async <Row extends object>({ text, values }: Pick<Prisma.Sql, 'text' | 'values'>) => {
  const { rows } = await pool().query<Row>({ name: nameOf(text), text, values, types })
  return rows
}

/**
 * Ids of whose number Postgres knows nothing when it plans a prepared statement. The plan that it keeps is for ten of them, and one for a
 * single id looks cheaper: with a bare parameter it plans each short list anew, which takes four times as long as to run it.
 */
export const ofAnyLength = (ids: readonly number[]): Prisma.Sql => Prisma.sql`(SELECT ${[...ids]}::int[])::int[]`

/** The same. @param sql with `$1` for the first of the parameters */
export const lookUp = (sql: string, parameters: readonly unknown[]): Promise<readonly object[]> =>
  runPrepared({ text: sql, values: [...parameters] })
