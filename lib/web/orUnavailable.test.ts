import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { sitemapParts } from '#lib/catalog/sitemap/sitemap.ts'
import { db } from '#lib/platform/db.ts'
import { indexRedis } from '#lib/platform/redis.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { FreshnessError } from '#lib/coherence/index.ts'
import { faultProxy, type FaultProxy } from '#lib/coherence/testing/faultProxy.ts'
import { orUnavailable } from './orUnavailable.ts'

let database: SeededDatabase
let postgres: FaultProxy
beforeAll(async () => {
  database = await seededDatabase(5)
  const url = new URL(database.url)
  postgres = await faultProxy({ host: url.hostname, port: Number(url.port || 5432) })
  url.host = `127.0.0.1:${postgres.port}`
  stubEnvironment({ databaseUrl: url.href, redisUrl: 'redis://127.0.0.1:1' })
})
afterAll(async () => {
  indexRedis().disconnect()
  await db().$disconnect()
  await postgres.close()
  vi.unstubAllEnvs() // the database is dropped from the server that the environment names
  await database.drop()
})

test('an error that has nothing to do with Postgres stays an error', async () => {
  await expect(orUnavailable(() => Promise.reject(new Error('a mistake of ours')))()).rejects.toThrow(
    'a mistake of ours',
  )
})

test('answers 503 that no cache keeps when the value may not be shown yet', async () => {
  const early = new FreshnessError('SOURCE_UNAVAILABLE', 'this has just changed', { retryable: true })
  const answer = await orUnavailable(() => Promise.reject(early))()
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([503, 'no-store'])
})

test('answers 503 that no cache keeps while Postgres is away, and 200 when it is back', async () => {
  const sitemap = orUnavailable(async () => Response.json(await sitemapParts()))
  expect((await sitemap()).status).toBe(200)
  await postgres.cut()
  const away = await sitemap()
  expect(away.status).toBe(503)
  expect(Object.fromEntries(away.headers)).toMatchObject({ 'cache-control': 'no-store', 'retry-after': '1' })
  await postgres.heal()
  await expect.poll(async () => (await sitemap()).status).toBe(200)
})
