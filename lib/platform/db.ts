import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '#lib/generated/prisma/client.ts'
import { env } from './env.ts'
import { processSingleton } from './process/processSingleton.ts'

export type Db = PrismaClient

/** The process' Prisma client: a pool of 10 connections, 5 s to get one, 10 s for a statement. */
export function db(): Db {
  return processSingleton('db', () => {
    const adapter = new PrismaPg({
      connectionString: env().DATABASE_URL,
      max: 10,
      connectionTimeoutMillis: 5_000,
      statement_timeout: 10_000,
      // Postgres cannot end a statement that the network has swallowed.
      query_timeout: 12_000,
      application_name: 'evergreen',
    })
    return new PrismaClient({ adapter })
  })
}
