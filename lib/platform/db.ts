import { PrismaPg } from '@prisma/adapter-pg'
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

/** The process' Prisma client: a pool of 10 connections. */
export function db(): Db {
  return processSingleton(
    'db',
    () => new PrismaClient({ adapter: new PrismaPg({ ...connectionOf(env().DATABASE_URL), max: 10 }) }),
  )
}
