/** The prober as a real process, in front of a real shop of which one page is frozen on purpose. */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { feedPartPath } from '#lib/catalog/feed/feed.ts'
import { facetListPath } from '#lib/observability/probe/reading.ts'
import { LOCALES } from '#lib/platform/locales.ts'
import { freezingProxy, type FreezingProxy } from '../support/freezingProxy.ts'
import { startIsolatedShop, type ExtraProcess, type IsolatedShop } from '../support/isolatedShop.ts'
import { metricsOf } from '../support/metrics.ts'
import { expect, test } from '../support/test.ts'

const PRODUCT = 11
const PATIENCE = { timeout: 60_000, intervals: [100] }

let shop: IsolatedShop
let proxy: FreezingProxy
let prober: ExtraProcess

test.beforeAll(async () => {
  test.setTimeout(120_000)
  shop = await startIsolatedShop()
  await shop.startWorker()
  proxy = await freezingProxy(shop.url)
  prober = await shop.startProber([shop.url, proxy.url], { PROBER_INTERVAL_MS: '100', PROBER_WINDOW_MS: '1000' })
})
test.afterAll(async () => {
  await prober.stop()
  await proxy.close()
  await shop.stop()
})

const alertRow = z.object({
  summary: z.string(),
  detail: z.object({ layer: z.string(), productId: z.number(), url: z.string() }),
  open: z.boolean(),
})
const alerts = async () =>
  z
    .array(alertRow)
    .parse(
      await shop.database.sql(
        `SELECT summary, detail, resolved_at IS NULL AS open FROM alerts WHERE kind = 'probe-mismatch' ORDER BY id`,
      ),
    )

/** The wrong places of a product, in any language. */
async function wrongPlaces(productId: number): Promise<string[]> {
  const open = (await alerts()).filter(({ open, detail }) => open && detail.productId === productId)
  const places = open.map(({ detail: { layer, url } }) => {
    const { pathname, search } = new URL(url)
    return `${layer}: ${pathname.replace(/^\/[a-z]{2}/, '')}${search}`
  })
  return [...new Set(places)].toSorted()
}

const readingRow = z.object({
  target: z.string(),
  url: z.string(),
  verdict: z.string(),
  product_id: z.number(),
  expected_version: z.coerce.number(),
  shown_version: z.coerce.number().nullable(),
  evidence: z.unknown(),
})
const wrong = async () =>
  z
    .array(readingRow)
    .parse(await shop.database.sql(`SELECT * FROM probe_readings WHERE verdict <> 'fresh' ORDER BY id`))

async function change(productId: number): Promise<number> {
  await shop.database.sql('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1', [productId])
  return (await shop.database.price(productId)).version
}

test('finds the page that was frozen on purpose, and only that one, keeps the evidence, and ends its alert with the fault', async () => {
  test.setTimeout(180_000)
  const { slug, version: old } = await shop.database.price(PRODUCT)
  const path = `/de/products/${slug}`
  await proxy.freeze(path)
  // The frozen page does not show it.
  const [row] = await shop.database.sql(
    'SELECT min(p.id) AS other FROM products p WHERE p.id > $1 AND NOT EXISTS (SELECT FROM related_products WHERE product_id = $1 AND related_id = p.id)',
    [PRODUCT],
  )
  const { other } = z.object({ other: z.number() }).parse(row)
  const version = await change(PRODUCT)
  const otherVersion = await change(other)

  await expect.poll(alerts, PATIENCE).toHaveLength(1)
  const [alert] = await alerts()
  expect(alert).toMatchObject({ open: true, detail: { layer: 'page', productId: PRODUCT, url: `${proxy.url}${path}` } })
  expect(alert?.summary).toBe(
    `Web 2 (page) shows version ${old} of product ${PRODUCT}, Postgres has ${version}: ${path}`,
  )

  // Every language of both changes was read on both instances: the frozen page was not simply the first one.
  const seen = `SELECT count(DISTINCT (url)) AS pages FROM probe_readings WHERE verdict = 'fresh' AND url LIKE '%/products/%' AND (product_id, expected_version) IN (($1, $2), ($3, $4))`
  await expect
    .poll(() => shop.database.sql(seen, [PRODUCT, version, other, otherVersion]), PATIENCE)
    .toEqual([{ pages: String(2 * 7 * 2 - 1) }])
  const kept = await wrong()
  expect(kept.map(({ url }) => url)).toEqual([`${proxy.url}${path}`])
  expect(kept[0]).toMatchObject({
    target: 'Web 2',
    verdict: 'behind',
    product_id: PRODUCT,
    expected_version: version,
    shown_version: old,
    evidence: {
      status: 200,
      headers: { 'x-cache': expect.any(String), 'cache-tag': expect.stringContaining(`price:${PRODUCT}@${old}`) },
      expected: { version },
      renderedAt: expect.any(String),
    },
  })
  expect(await alerts()).toHaveLength(1)

  proxy.thaw()
  await expect.poll(async () => (await alerts()).map(({ open }) => open), PATIENCE).toEqual([false])
})

test('finds the feed, the home page and a list narrowed by facets that were frozen on purpose, and sees each thaw', async () => {
  test.setTimeout(120_000)
  // In no group, of which a card shows the cheapest.
  const [row] = await shop.database.sql(
    `SELECT p.id, brand, (SELECT slug FROM product_categories pc JOIN categories c ON c.id = pc.category_id
       WHERE pc.product_id = p.id AND kind = 'category' ORDER BY parent_id DESC NULLS LAST LIMIT 1) AS category
     FROM products p JOIN product_categories f ON f.product_id = p.id JOIN categories k ON k.id = f.category_id
     WHERE k.slug = 'featured' AND group_id IS NULL ORDER BY p.id LIMIT 1`,
  )
  const { id, ...list } = z.object({ id: z.number(), brand: z.string(), category: z.string() }).parse(row)
  const places = (locale: string) => [`/${locale}`, facetListPath(locale, list), feedPartPath(locale, id)]
  for (const path of LOCALES.flatMap(places)) await proxy.freeze(path)
  await change(id)
  const [, narrowed = '', feed = ''] = places('en').map((path) => path.slice('/en'.length))
  await expect.poll(() => wrongPlaces(id), PATIENCE).toEqual([`feed: ${feed}`, 'page: ', `page: ${narrowed}`])
  proxy.thaw()
  await expect.poll(() => wrongPlaces(id), PATIENCE).toEqual([])
})

test('finds a former price that is not that of the history, which the monitor then puts right', async () => {
  test.setTimeout(120_000)
  const [id, cheap] = [PRODUCT + 1, 200]
  const { slug } = await shop.database.price(id)
  const set = (amounts: string) => shop.database.sql(`UPDATE prices SET ${amounts} WHERE product_id = ${id}`)
  await set('amount_cents = 9000, compare_at_cents = NULL')
  await set(`amount_cents = ${cheap}, compare_at_cents = 12000`)
  const former = async () => {
    const page = await (await fetch(`${shop.url}/en/products/${slug}`)).text()
    return /StrikethroughPrice","price":"([\d.]+)"/.exec(page)?.[1]
  }
  const [history] = await shop.database.sql(
    `SELECT min(old_amount_cents) AS lowest FROM price_changes WHERE product_id = ${id}`,
  )
  const { lowest } = z.object({ lowest: z.number() }).parse(history)
  expect(lowest).toBeGreaterThan(cheap)
  await expect.poll(former).toBe((lowest / 100).toFixed(2))

  // Past the trigger that keeps the history, while no worker is there to repair.
  await shop.killWorker()
  await shop.database.sql('ALTER TABLE price_changes DISABLE TRIGGER price_changes_append_only')
  await shop.database.sql(
    `UPDATE price_changes SET old_amount_cents = old_amount_cents - 1 WHERE product_id = ${id} AND version > 1`,
  )
  await shop.database.sql('ALTER TABLE price_changes ENABLE TRIGGER price_changes_append_only')
  await expect.poll(() => wrongPlaces(id), PATIENCE).not.toEqual([])
  const why = (await alerts()).find(({ open, detail }) => open && detail.productId === id)
  expect(why?.summary).toContain(`stands the former price ${lowest}, by the history it is ${lowest - 1}.`)
  expect(await former()).toBe((lowest / 100).toFixed(2))

  await shop.startWorker()
  await expect.poll(former, PATIENCE).toBe(((lowest - 1) / 100).toFixed(2))
  await expect.poll(() => wrongPlaces(id), PATIENCE).toEqual([])
})

test('a layer that cannot be probed is an alert that names it, and ends when the layer is back', async () => {
  test.setTimeout(120_000)
  const cannot = () =>
    shop.database.sql(
      `SELECT summary, resolved_at IS NULL AS open FROM alerts WHERE kind = 'layer-unreachable' AND dedup_key LIKE 'probe/%'`,
    )
  const other = await freezingProxy(shop.url)
  const own = await shop.startProber([other.url], { PROBER_INTERVAL_MS: '100' })
  await prober.stop() // one prober at a time resolves what it does not find
  await other.close()
  await expect
    .poll(cannot, PATIENCE)
    .toEqual([{ summary: expect.stringContaining('Web 1 (page) cannot be probed'), open: true }])
  await own.stop()
  prober = await shop.startProber([shop.url], { PROBER_INTERVAL_MS: '100' })
  await expect.poll(cannot, PATIENCE).toEqual([expect.objectContaining({ open: false })])
})

test('every metric that a rule or the Grafana dashboard names is exported by a process that runs', async () => {
  const texts = await Promise.all(
    ['prometheus/rules.yml', 'grafana/evergreen.json'].map((file) => readFile(`docs/operations/${file}`, 'utf8')),
  )
  const named = new Set(
    texts
      .flatMap((text) => text.match(/\bevergreen_\w+/g) ?? [])
      .map((name) => name.replace(/_(bucket|sum|count)$/, ''))
      // A relay with PRICE_EVENTS=cdc alone exports these.
      .filter((name) => !name.startsWith('evergreen_change_stream_')),
  )
  expect(named.size).toBeGreaterThan(15)
  await fetch(`${shop.url}/en`)
  const exported = async () => {
    const pages = await Promise.all([
      metricsOf(shop.url),
      ...[shop.workerUrl, prober.url].map(async (url) => (await fetch(`${url}/metrics`)).text()),
    ])
    return new Set(pages.flatMap((text) => [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name)))
  }
  await expect
    .poll(async () => {
      const names = await exported()
      return [...named].filter((name) => !names.has(name))
    }, PATIENCE)
    .toEqual([])
})
