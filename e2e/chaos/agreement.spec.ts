/** The comparison at the end of a chaos run is worth what it finds: here each layer is put wrong by hand. All of it is `npm run chaos -- --prove`. */
import { expect, test } from '@playwright/test'
import { Redis } from 'ioredis'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { tag } from '#lib/coherence/tags.ts'
import { LOCALES } from '#lib/platform/locales.ts'
import { seededDatabase } from '#lib/platform/testing/catalog.ts'
import { startWebInstance } from '../coherence/faults/webInstance.ts'
import { query } from '../lease/servers/postgresPair.ts'
import { until } from '../lease/servers/until.ts'
import { ownRedisDatabase } from '../support/ownRedis.ts'
import { agreement, stocks } from './agreement.ts'
import { keepFirst } from './lies.ts'
import { lyingProxy } from './lyingProxy.ts'
import { pageDifferences } from './pages.ts'
import { NOTHING_PROMISED } from './promised.ts'

/** Each page is rendered in seven languages. */
const PRODUCTS = 3
const PRODUCT = 1
const DELIVERED = 'UPDATE outbox SET done_at = now() WHERE done_at IS NULL' // no worker runs

const AN_ORDER = `
  WITH ordered AS (
    INSERT INTO orders (number, idempotency_key, locale, email, name, street, postcode, city, country, delivery_method, currency,
      goods_minor, delivery_minor, total_minor, tax_rate, delivery_tax_minor, tax_minor, tax_statement)
    VALUES ('261129-AAAA-AAAA', gen_random_uuid(), 'en', 'ada@example.com', 'Ada', 'A street', '1', 'Berlin', 'DE', 'standard', 'EUR',
      7, 0, 7, 1900, 0, 1, 'incl. VAT') RETURNING id)
  INSERT INTO order_lines (order_id, product_id, position, sku, name, quantity, amount_minor, currency, price_version, total_minor, tax_rate, tax_minor)
  SELECT id, $1, 0, 'a', 'a', 1, 7, 'EUR', 1, 7, 1900, 1 FROM ordered`

test('names the index, a page, an order and the stock where they differ from Postgres, and nothing else', async () => {
  const [catalog, redisUrl] = await Promise.all([seededDatabase(PRODUCTS), ownRedisDatabase()])
  const { url: databaseUrl } = catalog
  const stores = { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl.href, CACHE_REDIS_URL: redisUrl.href }
  const shop = await startWebInstance(stores)
  const liar = await lyingProxy(shop.url)
  const admin = new Redis(redisUrl.href)
  try {
    const layers = { databaseUrl, redis: { admin }, web: [{ url: liar.url }] }
    const before = await stocks(databaseUrl)
    await query(databaseUrl, DELIVERED)
    liar.lieWith(keepFirst())
    await pageDifferences(databaseUrl, [liar.url], new Map()) // the index of a new shop is empty
    const well = await agreement(layers, before)
    expect(well.differences).toEqual([])
    expect(well.pages).toBeGreaterThan(LOCALES.length * PRODUCTS)
    expect(well.payloads).toBeGreaterThan(0)

    const key = keys.tag(tag('price', PRODUCT))
    const old = (await admin.get(key)) ?? ''
    await query(databaseUrl, 'UPDATE prices SET amount_cents = amount_cents + 100 WHERE product_id = $1', [PRODUCT])
    await until('the index has the new price', async () => (await admin.get(key)) !== old)
    await admin.set(key, old)
    await query(databaseUrl, AN_ORDER, [PRODUCT])
    await query(databaseUrl, DELIVERED)

    const line = { productId: PRODUCT, version: 1, amountCents: 7, quantity: 1 }
    const orders = [
      { number: '261129-AAAA-AAAA', cart: 'one', accepted: [line] },
      { number: '261129-BBBB-BBBB', cart: 'another', accepted: [line] },
    ]
    const { differences, tags } = await agreement(layers, before, { ...NOTHING_PROMISED, orders })
    expect(tags).toBeGreaterThan(PRODUCTS)
    const wrong = [
      /^the index has version 1 of price:1, Postgres 2$/,
      /shows product 1 at version 1 for \d+ cents; Postgres has version 2/,
      /^an order has product 1 at version 1 for 7 cents; Postgres committed \d+$/,
      /^of product 1 \d+ were there, 1 are ordered, \d+ are left$/,
      /^order 261129-BBBB-BBBB of cart another was acknowledged and is not in Postgres$/,
    ]
    for (const locale of LOCALES)
      expect(differences).toContainEqual(expect.stringMatching(`/${locale}/products/.* shows product 1 at version 1 `))
    for (const words of wrong) expect(differences).toContainEqual(expect.stringMatching(words))
    expect(differences.filter((one) => !wrong.some((words) => words.test(one)))).toEqual([])

    const late = await pageDifferences(databaseUrl, [liar.url], new Map(), 0)
    expect(late).toEqual({ pages: 0, differences: [`${well.pages} pages of ${liar.url} were not compared in time`] })
  } finally {
    admin.disconnect()
    await liar.close()
    await shop.stop()
    await catalog.drop()
  }
})
