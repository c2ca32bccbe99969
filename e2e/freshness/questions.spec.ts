/** Reads a new price after an edit in each place that shows it, in every language, on two instances. */
import type { APIRequestContext, Page } from '@playwright/test'
import { createToken } from '../support/api.ts'
import type { Database, PriceRow } from '../support/database.ts'
import { environment } from '../support/environment.ts'
import { measured } from '../support/measured.ts'
import { featuredProduct, pagesOf, type PagesOfProduct } from '../support/pagesOf.ts'
import { fetchShownPrice, type ShownPrice } from '../support/shownPrices.ts'
import { expect, test } from '../support/test.ts'
import { startWebInstance, type WebInstance } from '../coherence/faults/webInstance.ts'

/** Milliseconds after which a place counts as stale; the promise after a fault. */
const PATIENCE_MS = 5_000

let second: WebInstance
test.beforeAll(async () => {
  test.setTimeout(120_000)
  // The worker does not know of it: what it shows, it shows by the version index alone.
  second = await startWebInstance()
})
test.afterAll(() => second.stop())

interface Place {
  readonly place: string
  readonly paths: readonly string[]
  /** Whether an answer shows the row, in the way in which this place shows it. */
  readonly shows: (shown: ShownPrice, row: PriceRow) => boolean
}

const inElements = ({ elements }: ShownPrice, { version, amountCents }: PriceRow) =>
  elements.length === 1 && elements[0] === `${version}:${amountCents}`

function placesOf({ products, categories, home, search }: PagesOfProduct): Place[] {
  return [
    { place: `product page, ${products.length} languages`, paths: products, shows: inElements },
    {
      place: 'meta tags',
      paths: products,
      shows: (shown, row) =>
        shown.version === row.version &&
        shown.openGraphCents === row.amountCents &&
        Date.parse(shown.updatedAt ?? '') >= row.versionUpdatedAt.getTime() &&
        Date.parse(shown.renderedAt ?? '') >= row.versionUpdatedAt.getTime(),
    },
    { place: 'JSON-LD', paths: products, shows: (shown, row) => shown.jsonLdCents === row.amountCents },
    { place: 'list', paths: categories, shows: inElements },
    { place: 'home page', paths: [home], shows: inElements },
    { place: 'search', paths: [search], shows: inElements },
  ]
}

interface Asked {
  readonly ms: number
  readonly requests: number
  readonly fresh: boolean
}

/** Asks until `isFresh` holds. @param since when the edit was answered, by `performance.now()` */
async function askUntilFresh(since: number, isFresh: () => Promise<boolean>): Promise<Asked> {
  for (let requests = 1; ; requests++) {
    const fresh = await isFresh()
    const ms = Math.round(performance.now() - since)
    if (fresh || ms > PATIENCE_MS) return { ms, requests, fresh }
  }
}

/** The page that took most requests speaks for its place. */
const together = (asked: readonly Asked[]) => ({
  firstMs: Math.min(...asked.map(({ ms }) => ms)),
  lastMs: Math.max(...asked.map(({ ms }) => ms)),
  requests: Math.max(...asked.map(({ requests }) => requests)),
  fresh: asked.every(({ fresh }) => fresh),
})

interface Edit {
  readonly title: string
  readonly mostRequests: number
  readonly change: (row: PriceRow, context: { request: APIRequestContext; database: Database }) => Promise<void>
}

const EDITS: readonly Edit[] = [
  {
    title: 'a price edit that the API answered with live',
    mostRequests: 1,
    async change({ productId, amountCents, compareAtCents }, { request }) {
      const { token } = await createToken(request, 'editor')
      const response = await request.post('/api/admin/prices', {
        headers: { authorization: `Bearer ${token}` },
        data: { changes: [{ productId, amountCents: amountCents + 1, compareAtCents }], reason: 'Where is it shown?' },
      })
      expect(await response.json()).toMatchObject({ state: 'live', results: [{ status: 'changed' }] })
    },
  },
  {
    title: 'a price edit with plain SQL, past the application',
    mostRequests: Infinity,
    async change({ productId }, { database }) {
      await database.sql('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = $1', [productId])
    },
  },
]

async function openTab(page: Page, path: string, productId: number) {
  const stream = page.waitForResponse((response) => response.url().includes('/api/prices/stream') && response.ok())
  await page.goto(path)
  await stream
  return page.locator(`article [data-product-id="${productId}"]`).first()
}

for (const { title, mostRequests, change } of EDITS) {
  test(`shows the new price in every place after ${title}`, async ({ page, request, database }) => {
    const productId = await featuredProduct(database)
    const pages = await pagesOf(database, productId)
    const places = placesOf(pages)
    const instances = [environment.BASE_URL, second.url]
    const before = await database.price(productId)
    // Pages from the cache: a page that is not there cannot be stale.
    for (const instance of instances)
      for (const path of new Set(places.flatMap(({ paths }) => paths)))
        expect((await fetchShownPrice(request, instance + path, productId)).version).toBe(before.version)
    const tab = await openTab(page, pages.products[0] ?? '', productId)

    await change(before, { request, database })
    const since = performance.now()
    const row = await database.price(productId)
    expect(row.version).toBe(before.version + 1)

    const answers = await Promise.all([
      ...places.map(async ({ place, paths, shows }) => {
        const urls = instances.flatMap((instance) => paths.map((path) => instance + path))
        const asked = urls.map((url) =>
          askUntilFresh(since, async () => shows(await fetchShownPrice(request, url, productId), row)),
        )
        return { place: `${place}, 2 instances`, pages: urls.length, ...together(await Promise.all(asked)) }
      }),
      (async () => {
        await expect(tab).toHaveAttribute('data-price-version', String(row.version), { timeout: PATIENCE_MS })
        const ms = Math.round(performance.now() - since)
        return { place: 'open tab', pages: 1, firstMs: ms, lastMs: ms, requests: 0, fresh: true }
      })(),
    ])
    for (const { place, pages: count, firstMs, lastMs, requests } of answers) {
      const times = count === 1 ? `${firstMs} ms` : `first ${firstMs} ms, last of ${count} ${lastMs} ms`
      const how = requests === 0 ? 'without a reload' : `at request ${requests}`
      measured(`${place}: version ${before.version} → ${row.version} ${how}, ${times}`)
    }
    expect(answers.filter(({ fresh, requests }) => !fresh || requests > mostRequests)).toEqual([])
  })
}
