/** The monitor's alerts about web instances and their pages, and the watchdog of the monitor. */
import { expect, it } from 'vitest'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { beat } from '#lib/platform/process/heartbeat.ts'
import { amountsOf, reductionsOf } from '#lib/verification/truth.ts'
import { watchMonitor } from './watchdog.ts'
import { indexCheck } from './checks/indexCheck.ts'
import { pageCheck } from './checks/pageCheck.ts'
import { webCheck } from './checks/webCheck.ts'
import { monitoredShop } from './testing/monitoredShop.ts'

const monitored = monitoredShop()

it('reports an instance that does not answer twice in a row, and one page that it builds over and over', async () => {
  const alive = monitored.webUrl
  const { slug } = await monitored.catalog.db.product.findUniqueOrThrow({ where: { id: 8 } })
  monitored.metricsText = `evergreen_page_misses_last_minute{page="/en/products/${slug}"} 45\n`
  const check = webCheck()
  const webUrls = [alive, 'http://127.0.0.1:1']
  expect((await monitored.findings(check, { webUrls })).map(({ kind }) => kind)).toEqual(['miss-burst'])
  expect(await monitored.findings(check, { webUrls })).toMatchObject([
    { kind: 'layer-unreachable', detail: { layer: 'page', url: 'http://127.0.0.1:1' } },
    { kind: 'miss-burst', detail: { productId: 8, misses: 45 } },
  ])
})

it('explains the builds of a page by the changes of what it shows, and no others', async () => {
  monitored.metricsText = 'evergreen_page_misses_last_minute{page="/en"} 90\n'
  const check = webCheck()
  const webUrls = [monitored.webUrl]
  await monitored.catalog.db.outbox.deleteMany() // the seed
  for (let edit = 0; edit < 12; edit++) await monitored.change(11, 0)
  monitored.pageTags = 'price:10,price:10@1,catalog:1'
  expect(await monitored.findings(check, { webUrls })).toMatchObject([
    { kind: 'miss-burst', detail: { misses: 90, changes: 0 } },
  ])
  monitored.pageTags = 'price:11,price:11@5,catalog:1'
  expect(await monitored.findings(check, { webUrls })).toEqual([])
  monitored.pageTags = ''
})

it('gives a change five seconds to reach a page, however often the price changes, and drops a page that does not follow', async () => {
  const { db } = monitored.catalog
  const context = { webUrls: [monitored.webUrl], locales: ['en'], budgetMs: 20_000 }
  const { slug } = await db.product.findUniqueOrThrow({ where: { id: 12 } })
  const { version, amountMinor } = await db.price.findUniqueOrThrow({ where: { productId: 12 } })
  // The same for every product: of the others it shows nothing.
  monitored.metricsText = `<html><head><meta name="price-version" content="12@${version}"></head>
    <span data-product-id="12" data-price-version="${version}" data-amount-cents="${amountMinor}">x</span></html>`
  for (let edit = 0; edit < 3; edit++) await monitored.change(12, 0)
  expect(await monitored.findings(pageCheck, context)).toEqual([])
  await db.$executeRaw`ALTER TABLE price_changes DISABLE TRIGGER price_changes_append_only`
  await db.$executeRaw`UPDATE price_changes SET changed_at = changed_at - interval '6 seconds' WHERE product_id = 12`
  await db.$executeRaw`ALTER TABLE price_changes ENABLE TRIGGER price_changes_append_only`
  expect(await monitored.findings(pageCheck, context)).toMatchObject([
    { kind: 'product-behind', severity: 'critical', detail: { productId: 12, url: expect.stringContaining(slug) } },
  ])
})

it('raises a version that is on its way to the index in silence, and reports one that is not', async () => {
  const { db } = monitored.catalog
  const { index } = monitored.context
  await monitored.change(15, 0)
  const version = Number((await db.price.findUniqueOrThrow({ where: { productId: 15 } })).version)
  const held = async () => (await index.held([{ kind: 'price', id: 15 }]))[0]
  // As if no process had followed the outbox yet: the tests' own does.
  const setBack = () => monitored.redis.direct.set(keys.tag('price:15'), '1')
  await expect.poll(held, { timeout: 10_000 }).toBe(version)
  await setBack()
  expect(await monitored.findings(indexCheck())).toEqual([])
  expect(await held()).toBe(version)
  await db.$executeRaw`UPDATE outbox SET created_at = created_at - interval '1 minute', done_at = clock_timestamp() WHERE done_at IS NULL`
  await setBack()
  expect(await monitored.findings(indexCheck())).toMatchObject([
    { kind: 'index-repaired', detail: { productId: 15, found: 1, version } },
  ])
})

it('knows the amount of each version that Postgres had, of the row and of the history, and of no other', async () => {
  await monitored.change(9, 0)
  const { amountMinor } = await monitored.catalog.db.price.findUniqueOrThrow({ where: { productId: 9 } })
  const shown = [1, 2, 3, Number.NaN].map((version) => ({ productId: 9, version, amountMinor: 1 }))
  const nowhere = { productId: Number.NaN, version: 1, amountMinor: 1 }
  const amount = await amountsOf(monitored.catalog.db, [...shown, nowhere])
  expect(shown.map(({ version }) => amount(9, version))).toEqual([amountMinor - 1, amountMinor, undefined, undefined])
})

it('knows the former price beside each version, by the history up to it', async () => {
  const { db } = monitored.catalog
  const first = await db.price.findUniqueOrThrow({ where: { productId: 16 } })
  const set = (amountMinor: number, compareAtMinor: number | null) =>
    db.$executeRaw`UPDATE prices SET amount_cents = ${amountMinor}, compare_at_cents = ${compareAtMinor} WHERE product_id = 16`
  await set(first.amountMinor + 1, null)
  await set(2, 12_000)
  await set(1, 12_000)
  const stated = [1, 2, 3, 4].map((later) => ({
    productId: 16,
    version: Number(first.version) + later,
    reducedFromMinor: null,
  }))
  const reducedFrom = await reductionsOf(db, stated)
  expect(stated.map(({ version }) => reducedFrom(16, version))).toEqual([null, first.amountMinor, 2, undefined])
})

it('the watchdog reports a silent monitor, gives one that is starting its time, and resolves by itself', async () => {
  const open = () => monitored.catalog.db.alert.findMany({ where: { kind: 'monitor-silent', resolvedAt: null } })
  await watchMonitor(monitored.catalog.db, 1_000, 500)
  expect(await open()).toEqual([])
  await watchMonitor(monitored.catalog.db, 1_000, 5_000)
  expect(await open()).toMatchObject([{ severity: 'critical', detail: { silent: ['monitor'] } }])
  await watchMonitor(monitored.catalog.db, 1_000, 500) // an instance that was restarted
  expect(await open()).toHaveLength(1)
  await beat(monitored.catalog.db, 'monitor')
  await watchMonitor(monitored.catalog.db, 1_000, 5_000)
  expect(await open()).toEqual([])
})
