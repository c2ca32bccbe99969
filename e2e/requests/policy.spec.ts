/** The policy of what a browser lets the pages run and load. Every other test in a browser fails on a violation too: see `support/test.ts`. */
import { createHash } from 'node:crypto'
import { signIn } from '../support/accounts.ts'
import { environment } from '../support/environment.ts'
import { featuredProduct, pagesOf } from '../support/pagesOf.ts'
import { raw } from '../support/rawRequest.ts'
import { metricsOf } from '../support/metrics.ts'
import { expect, test } from '../support/test.ts'

const POLICY = 'content-security-policy'

async function reports(): Promise<number> {
  const text = await metricsOf(environment.BASE_URL)
  return [...text.matchAll(/^evergreen_policy_reports_total\{.*\} (\d+)$/gm)].reduce((sum, [, n]) => sum + Number(n), 0)
}

test('no page of the store or the back office breaks its policy, and each one runs', async ({ page, database }) => {
  test.slow()
  const {
    products: [product = ''],
    categories: [category = ''],
    home,
  } = await pagesOf(database, await featuredProduct(database, 5))
  const before = await reports()
  for (const path of [
    home,
    product,
    category,
    `${category}/2`,
    '/en/nowhere',
    '/ja/search?q=chair',
    '/de/cart',
    '/en/checkout',
    '/en/orders',
  ])
    await test.step(path, async () => {
      await page.goto(path)
      await expect(page.getByRole('main')).toBeVisible()
      // React has taken the page over: the scripts ran.
      await expect
        .poll(() =>
          page.evaluate(() =>
            Object.keys(document.querySelector('main') ?? {}).some((key) => key.startsWith('__react')),
          ),
        )
        .toBe(true)
    })
  await signIn(page.request)
  for (const path of [
    '',
    '/products',
    '/products/1',
    '/products/1/receipts/1',
    '/products/stock',
    '/bulk',
    '/bulk/new',
    '/bulk/import',
    '/schedules',
    '/orders',
    '/tokens',
    '/audit',
    '/freshness',
    '/freshness/ledger',
    '/freshness/alerts',
    '/freshness/purge',
    '/freshness/products/1',
    '/freshness/receipts/stock/1/1',
  ])
    await test.step(`/admin${path}`, async () => {
      await page.goto(`/admin${path}`)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      await expect(page.locator('[aria-busy]')).toHaveCount(0)
    })
  await page.goto('/admin/queues')
  await expect(page.getByText('invalidation').first()).toBeVisible()
  expect(await reports()).toBe(before)
})

test('a script that a stranger brings into a page does not run, and the shop hears of it', async ({
  browser,
  database,
}) => {
  const {
    products: [product = ''],
  } = await pagesOf(database, await featuredProduct(database, 5))
  for (const path of [product, '/en/search?q=chair', '/admin/sign-in']) {
    const context = await browser.newContext({ baseURL: environment.BASE_URL })
    const page = await context.newPage()
    const before = await reports()
    await page.goto(path)
    await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'document.title = "run"'
      document.body.append(script)
    })
    expect(await page.title(), path).not.toBe('run')
    await expect.poll(reports, path).toBeGreaterThan(before)
    await context.close()
  }
})

test('each document has a nonce of its own or the hashes of its own scripts, and a visitor cannot choose them', async ({
  database,
}) => {
  const productId = await featuredProduct(database, 5)
  const {
    products: [product = ''],
  } = await pagesOf(database, productId)
  const scripts = async (path: string, headers = {}) =>
    / script-src ([^;]*)/.exec((await raw(path, headers)).headers.get(POLICY) ?? '')?.[1] ?? ''
  expect(await scripts(product)).toMatch(/^'self' 'sha256-/)
  for (const source of ["'unsafe-inline'", "'unsafe-eval'", "'nonce-"])
    expect(await scripts(product)).not.toContain(source)
  const forged = { [POLICY]: "script-src 'nonce-forged'", [`${POLICY}-report-only`]: "script-src 'nonce-forged'" }
  for (const path of ['/en/search?q=chair', '/en/cart', '/admin/sign-in']) {
    const [one, other] = [await scripts(path, forged), await scripts(path, forged)]
    expect(one, path).toMatch(/'nonce-[^']{20,}'/)
    expect(one, path).not.toBe(other)
    expect(one, path).not.toContain('forged')
    expect((await raw(path, forged)).body.toString()).not.toContain('forged')
  }
})

test('the page of Next for what could not be made keeps its styles', async ({ page }) => {
  await page.goto('/_global-error')
  await expect(page.getByRole('heading')).toHaveCSS('font-size', '24px')
  await expect(page.getByRole('button')).toHaveCSS('border-radius', '6px')
  await expect(page.locator('body')).toHaveCSS('margin', '0px')
})

test('takes reports of bounded size only', async ({ request }) => {
  const send = (data: string) =>
    request.post('/api/policy-reports', { data, headers: { 'content-type': 'application/csp-report' } })
  expect((await send('{"csp-report":{"effective-directive":"script-src-elem"}}')).status()).toBe(204)
  expect((await send('nothing')).status()).toBe(400)
  expect((await send(JSON.stringify({ 'csp-report': { 'blocked-uri': 'x'.repeat(10_000) } }))).status()).toBe(413)
})

test('a document names no script but its own, also where there is no page', async ({ database }) => {
  const {
    products: [product = ''],
  } = await pagesOf(database, await featuredProduct(database, 5))
  for (const path of [
    product,
    '/en/search?q=chair',
    '/en/nowhere',
    '/xx/nowhere',
    '/nowhere',
    '/admin/nowhere',
    '/admin/sign-in',
  ]) {
    const { headers, body } = await raw(path)
    const sources = / script-src 'self' ([^;]*)/.exec(headers.get(POLICY) ?? '')?.[1]?.split(' ') ?? []
    const [, nonce] = /'nonce-([^']+)'/.exec(sources.join(' ')) ?? []
    const inline = [...body.toString().matchAll(/<script([^>]*)>(.*?)<\/script>/gs)].filter(
      ([, attributes = '']) => !/\s(?:src|type)=/.test(attributes),
    )
    expect.soft(inline.length, path).toBeGreaterThan(0)
    const hashed = inline.filter(
      ([, attributes = '']) => nonce === undefined || !attributes.includes(`nonce="${nonce}"`),
    )
    const own = new Set(
      hashed.map(([, , text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`),
    )
    const named = sources.filter((source) => source.startsWith("'sha256-"))
    expect.soft(named.toSorted(), path).toEqual([...own].toSorted())
  }
})
