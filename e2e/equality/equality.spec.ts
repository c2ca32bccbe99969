/**
 * Pages that are filled are equal to pages that are rendered: two web instances on one database and one version index, of which
 * one renders each page with its values.
 *
 * EQUALITY_RUNS says how many sequences of edits there are, EQUALITY_SEED which.
 */
import fc from 'fast-check'
import { z } from 'zod'
import { measured } from '../support/measured.ts'
import { raw } from '../support/rawRequest.ts'
import { expect, test } from '../support/test.ts'
import { apply, edits } from './edits.ts'
import { startFirefox } from '../support/firefox.ts'
import { complaintsOf, corruptAmount, hydrated } from './hydration.ts'
import { ask, compare } from './representations.ts'
import { type EqualityShop, expectCurrent, metric, startEqualityShop, withRule } from './shop.ts'
import { strangeRequests } from './strangeRequests.ts'

const RUNS = Number(process.env['EQUALITY_RUNS'] ?? 12)
const SEED = Number(process.env['EQUALITY_SEED'] ?? 13)
/** Milliseconds, on a slow machine. */
const PER_RUN_MS = 10_000
/** HTML, the payload, the tree, and two segments. */
const FORMS_AT_LEAST = 5
const EDITS_AT_MOST = 5
const LANGUAGES = ['en', 'de', 'fr', 'ja', 'es', 'pt', 'ko'] as const
const RENDERS = 'evergreen_page_builds_total{outcome="render"}'
const FILLS = 'evergreen_page_fills_total'

let pair: EqualityShop

test.beforeAll(async () => {
  test.setTimeout(120_000)
  pair = await startEqualityShop()
})
test.afterAll(() => pair?.shop.stop())

/** @returns how many forms of pages were compared */
async function expectEqual(filled: string, rendered: string, runs: number, seed: number): Promise<number> {
  const { shop, pages, products, categories, groups } = pair
  const paths = ['', pages.product, pages.gone, pages.list, pages.nextList]
  let [forms, run] = [0, 0]
  await fc.assert(
    fc.asyncProperty(
      fc.array(edits(products, categories, groups), { minLength: 1, maxLength: EDITS_AT_MOST }),
      async (sequence) => {
        await apply(shop.database, sequence)
        const first = run++
        for (const [i, path] of paths.entries()) {
          // After as many runs as there are languages each page was compared in each of them.
          const address = `/${LANGUAGES[(first + i) % LANGUAGES.length]}${path}`
          await expectCurrent(pair, address, filled)
          await expectCurrent(pair, address, rendered)
          const compared = await compare(address, filled, rendered)
          forms += compared.forms
          expect(compared.forms, address).toBeGreaterThanOrEqual(FORMS_AT_LEAST)
          expect(compared.differences).toEqual([])
        }
      },
    ),
    { numRuns: runs, seed, endOnFailure: true },
  )
  return forms
}

test('a filled page is equal to a rendered one in each form and language, after any edits', async () => {
  test.setTimeout(60_000 + RUNS * PER_RUN_MS)
  const { shop, filled, rendered } = pair
  const forms = await expectEqual(filled, rendered, RUNS, SEED)
  const [fills, renders] = [await metric(filled, FILLS), await metric(filled, RENDERS)]
  measured(`equality: ${forms} forms after ${RUNS} sequences, ${fills} fills, ${renders} renders`)
  expect(fills).toBeGreaterThan(RUNS)
  expect(await shop.log()).not.toContain('no template can be made')
})

test('a filled page is equal to a rendered one where a reduction is counted from the compare-at price', async () => {
  test.setTimeout(60_000 + RUNS * PER_RUN_MS)
  const { shop, products, pages } = pair
  await withRule(shop, 'compare-at', async (filled, rendered) => {
    const forms = await expectEqual(filled, rendered, Math.ceil(RUNS / 4), SEED + 1)
    measured(`equality by compare-at: ${forms} forms`)
    // A reduction that the other rule does not show.
    await shop.database.sql(
      'UPDATE prices SET amount_cents = 5000, compare_at_cents = 8000, currency = $2 WHERE product_id = $1',
      [products[0], 'EUR'],
    )
    const path = `/en${pages.product}`
    const before = async (origin: string) => {
      await expectCurrent(pair, path, origin)
      return (await (await fetch(origin + path)).text()).includes('80.00')
    }
    expect([await before(filled), await before(rendered)]).toEqual([true, true])
  })
})

test('a filled page has the same validator on each instance until a version changes', async () => {
  const { shop, filled, second, pages, products } = pair
  const path = `/de${pages.list}`
  await expectCurrent(pair, path, filled)
  await expectCurrent(pair, path, second)
  const etags = async (origin: string) =>
    Promise.all(
      (['html', 'rsc', '/_tree'] as const).map(async (form) => (await ask(origin, path, form)).headers.get('etag')),
    )
  const before = await etags(filled)
  expect(new Set(before).size).toBe(3)
  expect(await etags(second)).toEqual(before)
  const [etag = ''] = before
  for (const origin of [filled, second]) {
    const again = await raw(path, { 'if-none-match': String(etag) }, 'GET', origin)
    expect([again.status, again.body.byteLength]).toEqual([304, 0])
  }
  const shownProducts = (await ask(filled, path, 'html')).headers.get('cache-tag') ?? ''
  const changed = products.find((id) => shownProducts.includes(`price:${id}@`))
  await shop.database.sql(
    'UPDATE prices SET amount_cents = amount_cents % 1000 + 1, compare_at_cents = NULL WHERE product_id = $1',
    [changed],
  )
  await expectCurrent(pair, path, filled)
  expect((await raw(path, { 'if-none-match': String(etag) }, 'GET', filled)).status).toBe(200)
  expect(await etags(filled)).not.toEqual(before)
})

test('1,000 edits of prices and 1,000 of stocks cause no render, and an instance that never saw a page fills it', async () => {
  const { shop, filled, second, pages } = pair
  const paths = ['/en', `/ja${pages.product}`, `/fr${pages.gone}`, `/en${pages.list}`, `/de${pages.nextList}`]
  for (const path of paths) await expectCurrent(pair, path, filled)
  const counted = await Promise.all([filled, second].map((origin) => metric(origin, RENDERS)))
  const edited = new AbortController()
  let reads = 0
  const reader = async () => {
    for (let i = 0; !edited.signal.aborted; i++) {
      const { status } = await ask(filled, paths[i % paths.length] ?? '', 'html')
      expect([200, 410]).toContain(status)
      reads++
    }
  }
  const readers = Promise.all([reader(), reader()])
  for (let i = 0; i < 20; i++)
    await shop.database.sql(
      `UPDATE prices SET amount_cents = amount_cents % 100000 + 7, compare_at_cents = NULL
       WHERE product_id IN (SELECT product_id FROM prices ORDER BY product_id LIMIT 50);
       UPDATE stock SET quantity = (quantity + 3) % 9
       WHERE product_id IN (SELECT product_id FROM stock ORDER BY product_id LIMIT 50)`,
    )
  edited.abort()
  await readers
  for (const path of paths) {
    await expectCurrent(pair, path, filled)
    await expectCurrent(pair, path, second)
    expect((await compare(path, second, pair.rendered)).differences).toEqual([])
  }
  expect(await Promise.all([filled, second].map((origin) => metric(origin, RENDERS)))).toEqual(counted)
  measured(`1,000 edits of prices and of stocks, ${reads} reads beside them, 0 renders`)
})

test('no answer holds a placeholder, however a page is asked for, also while others wait for its first render', async () => {
  const { shop, filled } = pair
  const rows = await shop.database.sql(
    "SELECT p.slug, p.id, pr.version::int AS version FROM products p JOIN prices pr ON pr.product_id = p.id WHERE p.status = 'active' ORDER BY p.id DESC",
  )
  const cold = z.array(z.object({ slug: z.string(), id: z.number(), version: z.number() })).parse(rows)
  const leaks: string[] = []
  const statuses = new Set<string>()
  for (const [i, { words, send }] of strangeRequests().entries()) {
    const { slug, id, version } = cold[i % cold.length] ?? { slug: '', id: 0, version: 0 }
    const path = `/${LANGUAGES[i % LANGUAGES.length]}/products/${slug}`
    const strange = async () => {
      const { status } = await send(filled, path)
      statuses.add(`${words}: ${status}`)
    }
    const plain = async () => {
      const { status, body } = await raw(path, {}, 'GET', filled)
      expect(status, `${path} beside ${words}`).toBe(200)
      expect(body.toString(), `${path} beside ${words}`).toContain(
        `data-product-id="${id}" data-price-version="${version}"`,
      )
    }
    for (const round of [
      [strange, plain, strange, plain, plain, strange],
      [strange, plain],
    ]) {
      const settled = await Promise.allSettled(round.map((one) => one()))
      leaks.push(...settled.flatMap((one) => (one.status === 'rejected' ? `${words}: ${String(one.reason)}` : [])))
    }
  }
  measured([...statuses].join(', '))
  expect(leaks).toEqual([])
  // The server's refusal to send one is the last resort.
  expect(await shop.log()).not.toContain('held a placeholder')
})

test('filled pages hydrate without an error, and the router goes from one to another and back', async ({ page }) => {
  const { shop, filled, pages, products } = pair
  const complaints = complaintsOf(page)
  const [list, product] = [`/de${pages.list}`, `/de${pages.product}`]
  for (const path of [list, product, '/ja', `/en${pages.gone}`]) await expectCurrent(pair, path, filled)
  await shop.database.sql(
    'UPDATE prices SET amount_cents = 50000 + product_id, compare_at_cents = 90000 WHERE product_id = ANY($1::int[])',
    [products],
  )
  for (const path of [list, product, '/ja', `/en${pages.gone}`]) {
    await expectCurrent(pair, path, filled)
    await hydrated(page, filled + path)
  }
  await hydrated(page, filled + list)
  await page.getByRole('article').locator(`a[href="${product}"]`).first().click()
  await expect(page).toHaveURL(filled + product)
  const own = page.getByRole('article').locator('[data-amount-cents]').first()
  await expect(own).toHaveAttribute('data-amount-cents', String(50_000 + (products[0] ?? 0)))
  await page.goBack()
  await expect(page).toHaveURL(filled + list)
  await expect(page.locator('[data-amount-cents]').first()).toBeVisible()
  expect(complaints).toEqual([])
})

test('a digit of a filled page that is not the one of its data is seen', async ({ page }) => {
  const complaints = complaintsOf(page)
  const url = `${pair.filled}/en${pair.pages.list}`
  await corruptAmount(page, url)
  await hydrated(page, url)
  await expect.poll(() => complaints.join()).toMatch(/#418|did not match|Hydration/)
})

test('filled pages hydrate in Firefox without an error, and a corrupted digit is seen there as well', async () => {
  const { filled, pages } = pair
  const firefox = await startFirefox()
  try {
    for (const path of [`/de${pages.list}`, `/de${pages.product}`, '/ja', `/en${pages.gone}`]) {
      await expectCurrent(pair, path, filled)
      await firefox.hydrated(filled + path)
    }
    expect(firefox.complaints).toEqual([])
    const url = `${filled}/en${pages.list}`
    await firefox.corruptAmount(url)
    await firefox.hydrated(url)
    await expect.poll(() => firefox.complaints.join()).toMatch(/#418|did not match|Hydration/)
  } finally {
    await firefox.stop()
  }
})
