import { afterAll, beforeAll, expect, it } from 'vitest'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { testCoherence } from '#lib/catalog/testing/coherence.ts'
import { keys } from '../protocol/keys.ts'

/** More than one scan of the outbox takes. */
const ROWS = 150

let database: SeededDatabase
let redis: TestRedis

beforeAll(async () => {
  ;[database, redis] = await Promise.all([seededDatabase(20), testRedis()])
})
afterAll(async () => {
  await redis.close()
  await database.drop()
})

it('leaves the outbox to the new term in a process that still believes the old one', async () => {
  const { keeper } = await testCoherence(redis.client, database.db)
  await keeper.stop()
  await redis.direct.persist(keys.indexLease)
  await database.db.indexTerm.update({ where: { id: 1 }, data: { term: { increment: 1 } } })
  await database.db.$executeRaw`
    INSERT INTO outbox (topic, entity_ids, versions) SELECT 'price', '{1}', '{1}' FROM generate_series(1, ${ROWS}::int)`
  await keeper.follow()
  expect(await database.db.outbox.count({ where: { indexedAt: null } })).toBe(ROWS)
})
