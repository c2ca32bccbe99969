import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { faultProxy, type FaultProxy } from '#lib/coherence/testing/faultProxy.ts'
import { PrismaClient } from '#lib/generated/prisma/client.ts'
import { isStoreAway, postgresSays } from './storeErrors.ts'
import { freshDatabase, type TestDatabase } from './testing/database.ts'

const SHORT_MS = 300

let database: TestDatabase
let proxy: FaultProxy
let db: PrismaClient
let pool: pg.Pool

beforeAll(async () => {
  database = await freshDatabase()
  const url = new URL(database.url)
  proxy = await faultProxy({ host: url.hostname, port: Number(url.port) })
  url.port = String(proxy.port)
  const connection = { connectionString: url.href, connectionTimeoutMillis: SHORT_MS, query_timeout: SHORT_MS, max: 1 }
  db = new PrismaClient({ adapter: new PrismaPg(connection) })
  pool = new pg.Pool(connection)
})
afterEach(() => proxy.heal())
afterAll(async () => {
  await db.$disconnect()
  await pool.end()
  await proxy.close()
  await database.drop()
})

async function errorOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new Error('it was to fail')
}

const raising = (sqlState: string) => `DO $$ BEGIN RAISE EXCEPTION 'so' USING ERRCODE = '${sqlState}'; END $$`
const raised = (sqlState: string) => errorOf(() => db.$executeRawUnsafe(raising(sqlState)))
/** Without Prisma. */
const raisedByDriver = (sqlState: string) => errorOf(() => pool.query(raising(sqlState)))

describe('a store is away when Postgres', () => {
  it.each([
    ['is ended by its administrator', '57P01'],
    ['ends connections because it crashed', '57P02'],
    ['starts, stops or recovers', '57P03'],
    ['has no disk left', '53100'],
    ['has no memory left', '53200'],
    ['has no connection left', '53300'],
    ['is not the primary', '25006'],
    ['lost a connection', '08006'],
  ])('%s', async (_what, sqlState) => {
    expect(isStoreAway(await raised(sqlState))).toBe(true)
    expect(isStoreAway(await raisedByDriver(sqlState))).toBe(true)
  })

  it('ends the connection of a transaction', async () => {
    const error = await errorOf(() =>
      db.$transaction(async (tx) => {
        const [own] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`
        // Not awaited: the connection that would answer is the one that ends.
        void tx.$queryRaw`SELECT pg_terminate_backend(${own?.pid})`.catch(() => undefined)
        await tx.category.findMany()
      }),
    )
    expect(isStoreAway(error)).toBe(true)
  })

  it('breaks the connection in the middle of a transaction', async () => {
    const error = await errorOf(() =>
      db.$transaction(async (tx) => {
        await tx.category.findMany()
        await proxy.cut()
        await tx.category.findMany()
      }),
    )
    expect(isStoreAway(error)).toBe(true)
  })

  it('refuses connections', async () => {
    await proxy.cut()
    expect(isStoreAway(await errorOf(() => db.category.findMany()))).toBe(true)
    expect(isStoreAway(await errorOf(() => db.$queryRaw`SELECT 1`))).toBe(true)
  })

  it('says nothing, on a connection that is there and on a new one', async () => {
    await db.category.findMany()
    proxy.freeze()
    expect(isStoreAway(await errorOf(() => db.category.findMany()))).toBe(true)
    expect(isStoreAway(await errorOf(() => db.category.findMany()))).toBe(true)
    const both = () => Promise.all([db.category.findMany(), db.$queryRaw`SELECT 1`])
    expect(isStoreAway(await errorOf(both))).toBe(true)
  })
})

it.each(['22012', '23505', '42P01', 'P0001', '57014'])('no store is away with SQLSTATE %s', async (sqlState) => {
  for (const error of [await raised(sqlState), await raisedByDriver(sqlState)]) {
    expect(isStoreAway(error)).toBe(false)
    expect(postgresSays(error)).toEqual({ sqlState, message: 'so' })
  }
})

it('looks at causes', async () => {
  expect(isStoreAway(new Error('the page was not made', { cause: await raised('57P03') }))).toBe(true)
  expect(isStoreAway(new Error('the page was not made'))).toBe(false)
})
