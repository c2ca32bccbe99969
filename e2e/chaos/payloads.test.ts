import { afterAll, beforeAll, expect, test } from 'vitest'
import { keys } from '#lib/coherence/index.ts'
import { tag } from '#lib/coherence/tags.ts'
import { pricePayloadSql } from '#lib/catalog/prices/priceSql.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { query } from '../lease/servers/postgresPair.ts'
import { payloadDifferences } from './payloads.ts'

const PRODUCTS = 3

let catalog: SeededDatabase
let redis: TestRedis
beforeAll(async () => {
  ;[catalog, redis] = await Promise.all([seededDatabase(PRODUCTS), testRedis()])
})
afterAll(async () => {
  await redis.close()
  await catalog.drop()
})

test('names a payload that is not that of its row, of the same version', async () => {
  const rows = await query<{ id: number; version: string; payload: string }>(
    catalog.url,
    `SELECT r.product_id AS id, r.version, (${pricePayloadSql('r')})::text AS payload FROM prices r ORDER BY 1`,
  )
  for (const { id, version, payload } of rows)
    await redis.direct.set(keys.tag(tag('price', id)), `${version}|${payload}`)
  expect(await payloadDifferences(catalog.url, redis.direct)).toEqual({ payloads: PRODUCTS, differences: [] })

  const [first, second, third] = rows
  if (!first || !second || !third) throw new Error('the catalog has too few products')
  const wrong = JSON.stringify({ ...JSON.parse(first.payload), amountMinor: 1 })
  await redis.direct.set(keys.tag(tag('price', first.id)), `${first.version}|${wrong}`)
  await redis.direct.set(keys.tag(tag('price', second.id)), second.version) // its first reader brings the payload
  await redis.direct.set(keys.tag(tag('price', third.id)), `${Number(third.version) + 1}|${third.payload}`)
  const { payloads, differences } = await payloadDifferences(catalog.url, redis.direct)
  expect(payloads).toBe(1)
  expect(differences).toEqual([
    expect.stringMatching(/^the index has \{.*"amountMinor":1,.*\} as version \d+ of price:\d+, Postgres \{/),
  ])
})
