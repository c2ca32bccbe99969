/** Break glass on a real shop: what is purged is rendered again, once, and nothing else is. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { APIRequestContext } from '@playwright/test'
import { ADMIN } from '../support/accounts.ts'
import { LOCALES } from '#lib/platform/locales.ts'
import { pagesOf } from '../support/pagesOf.ts'
import { startIsolatedShop, type IsolatedShop } from '../support/isolatedShop.ts'
import { metricsOf } from '../support/metrics.ts'
import { expect, test } from '../support/test.ts'

const PATIENCE = { timeout: 60_000, intervals: [100] }
const PRODUCT = 7

let shop: IsolatedShop
test.beforeAll(async () => {
  test.setTimeout(120_000)
  shop = await startIsolatedShop()
  // Without the monitor, which reads pages by chance: each is a render that no purge caused.
  await shop.startWorker('--roles=relay,invalidator')
})
test.afterAll(() => shop.stop())

const RENDERED_AT = /<meta name="rendered-at" content="([^"]*)"/

/** When each page was rendered, as a look that is no visit sees it. */
async function rendered(paths: readonly string[]): Promise<Record<string, string | undefined>> {
  const times: Record<string, string | undefined> = {}
  for (const path of paths) {
    const response = await fetch(`${shop.url}${path}`, { headers: { 'x-evergreen-probe': '1' } })
    times[path] = RENDERED_AT.exec(await response.text())?.[1]
  }
  return times
}

async function renders(): Promise<number> {
  const text = await metricsOf(shop.url)
  return Number(/^evergreen_page_builds_total\{outcome="render"\} (\d+)/m.exec(text)?.[1] ?? 0)
}

async function settled(correlationId: string): Promise<void> {
  const waiting = async () => {
    const pending = await shop.database.sql('SELECT 1 FROM outbox WHERE correlation_id = $1 AND done_at IS NULL', [
      correlationId,
    ])
    const text = await metricsOf(shop.url)
    return pending.length + Number(/^evergreen_warming_waiting_pages (\d+)/m.exec(text)?.[1] ?? 0)
  }
  await expect.poll(waiting, PATIENCE).toBe(0)
}

async function purged(request: APIRequestContext, scope: object): Promise<string> {
  const response = await request.post(`${shop.url}/api/admin/freshness/purge`, {
    data: { scope, reason: 'A test of break glass' },
    headers: { origin: shop.url },
  })
  expect(response.status()).toBe(200)
  const { correlationId } = await response.json()
  await settled(correlationId)
  return correlationId
}

test('each page of what was purged is rendered again exactly once, and no other page', async ({ playwright }) => {
  test.setTimeout(180_000)
  const request = await playwright.request.newContext({ baseURL: shop.url })
  expect((await request.post('/api/auth/sign-in/email', { data: ADMIN, headers: { origin: shop.url } })).status()).toBe(
    200,
  )
  const affected = (await pagesOf(shop.database, PRODUCT)).products
  const { slug } = await shop.database.price(PRODUCT)
  const related = await shop.database.sql(
    'SELECT 1 FROM related_products WHERE related_id = $1 AND product_id IN (30, 31)',
    [PRODUCT],
  )
  const [a, b] = [await shop.database.price(30), await shop.database.price(31)]
  const untouched = related.length === 0 ? [`/en/products/${a.slug}`, `/ja/products/${b.slug}`] : []
  for (const path of [...affected, ...untouched]) await fetch(`${shop.url}${path}`)
  const before = await rendered([...affected, ...untouched])
  const renderedBefore = await renders()

  await purged(request, { kind: 'product', id: PRODUCT })
  const after = await rendered([...affected, ...untouched])
  for (const path of affected)
    expect(Date.parse(after[path] ?? ''), path).toBeGreaterThan(Date.parse(before[path] ?? ''))
  for (const path of untouched) expect(after[path], path).toBe(before[path])
  expect(await rendered(affected)).toEqual(Object.fromEntries(affected.map((path) => [path, after[path]])))
  expect((await renders()) - renderedBefore).toBe(affected.length)

  // A language: its pages, and those of no other one.
  const german = await purged(request, { kind: 'locale', locale: 'de' }).then(() => rendered(affected))
  for (const path of affected) {
    if (path.startsWith('/de/'))
      expect(Date.parse(german[path] ?? ''), path).toBeGreaterThan(Date.parse(after[path] ?? ''))
    else expect(german[path], path).toBe(after[path])
  }
  expect((await renders()) - renderedBefore).toBe(affected.length + 1)
  expect(LOCALES.map((locale) => `/${locale}/products/${slug}`)).toEqual(affected)

  // Everything: each page once more, and Postgres is asked for them at a pace, not at once.
  const all = [...affected, ...untouched]
  await purged(request, { kind: 'everything' })
  const anew = await rendered(all)
  for (const path of all)
    expect(Date.parse(anew[path] ?? ''), path).toBeGreaterThan(Date.parse(german[path] ?? before[path] ?? ''))
  expect((await renders()) - renderedBefore).toBe(affected.length + 1 + all.length)
  await request.dispose()
})

test('a purge of everything shows what came into the database without a version, as from a backup, also where it is remembered', async () => {
  test.setTimeout(120_000)
  const { slug } = await shop.database.price(40)
  const page = async () => (await fetch(`${shop.url}/en/products/${slug}`)).text()
  await page()
  await shop.database.sql('ALTER TABLE products DISABLE TRIGGER USER')
  await shop.database.sql("UPDATE products SET name = 'Restored from a backup' WHERE id = 40")
  await shop.database.sql('ALTER TABLE products ENABLE TRIGGER USER')
  expect(await page()).not.toContain('Restored from a backup')
  const child = spawn(process.execPath, ['cli/purge.ts', '--everything', '--reason', 'Restored from a backup'], {
    env: {
      ...process.env,
      DATABASE_URL: shop.databaseUrl,
      REDIS_URL: shop.redisUrl,
      PORT: new URL(shop.url).port,
      WEB_URLS: shop.url,
      PUBLIC_URL: shop.url,
    },
  })
  expect((await once(child, 'exit'))[0]).toBe(0)
  expect(await page()).toContain('Restored from a backup')
})

test('the shell purges with a reason, and the log says that it was the shell', async () => {
  const run = async (...args: string[]) => {
    const port = new URL(shop.url).port
    const child = spawn(process.execPath, ['cli/purge.ts', ...args], {
      env: {
        ...process.env,
        DATABASE_URL: shop.databaseUrl,
        REDIS_URL: shop.redisUrl,
        PORT: port,
        WEB_URLS: shop.url,
        PUBLIC_URL: shop.url,
      },
    })
    const [code] = await once(child, 'exit')
    return code
  }
  expect(await run('--product', '8')).not.toBe(0)
  expect(await run('--product', '8', '--category', '1', '--reason', 'Two things')).not.toBe(0)
  expect(await run('--product', '8', '--reason', 'A picture was replaced')).toBe(0)
  const entries = await shop.database.sql(
    `SELECT via, target, reason FROM audit_log WHERE action = 'freshness.purge' AND target = 'product:8'`,
  )
  expect(entries).toEqual([{ via: 'shell', target: 'product:8', reason: 'A picture was replaced' }])
})

test('refuses to purge a language while Redis cannot take it: nothing would deliver it later', async ({
  playwright,
}) => {
  const request = await playwright.request.newContext({ baseURL: shop.url })
  expect((await request.post('/api/auth/sign-in/email', { data: ADMIN, headers: { origin: shop.url } })).status()).toBe(
    200,
  )
  const purgeGerman = () =>
    request.post('/api/admin/freshness/purge', {
      data: { scope: { kind: 'locale', locale: 'de' }, reason: 'A test of break glass' },
      headers: { origin: shop.url },
    })
  await shop.redis.cut()
  try {
    expect((await purgeGerman()).status()).toBe(503)
  } finally {
    await shop.redis.heal()
  }
  await expect.poll(async () => (await purgeGerman()).status(), { timeout: 10_000 }).toBe(200)
  await request.dispose()
})
