/**
 * The checker is worth what it finds. Here a real web instance runs with one fault of the kind that it is there to
 * find, made from outside; a checker that stays silent has failed.
 */
import { expect, test } from '@playwright/test'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { tag } from '#lib/coherence/tags.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { root } from '../../tools/run/environment.ts'
import { run as command } from '../../tools/setup/command.mjs'
import { environment } from '../support/environment.ts'
import { ownRedisDatabase } from '../support/ownRedis.ts'
import { losingProxy } from './faults/losingProxy.ts'
import { lowerIndex } from './faults/loweredIndex.ts'
import { startWebInstance } from './faults/webInstance.ts'
import type { Violation } from './history.ts'
import { describe } from './report.ts'
import { run, type RunOptions } from './run.ts'
import { hotProducts } from './targets.ts'

const PRODUCTS = 60
const HOT = 2

let redisAddress: URL
let catalog: SeededDatabase

test.beforeAll(async () => {
  ;[catalog, redisAddress] = await Promise.all([seededDatabase(PRODUCTS), ownRedisDatabase()])
  const env = { ...process.env, ...stores(redisAddress.href) }
  await command(process.execPath, ['tools/first-admin.ts'], {
    cwd: root,
    env,
    failure: 'The administrator could not be made.',
  })
})
test.afterAll(() => catalog.drop())
test.beforeEach(async () => {
  test.setTimeout(180_000)
  await ownRedisDatabase() // empty again
})

function stores(redisUrl: string): Record<string, string> {
  return { DATABASE_URL: catalog.url, REDIS_URL: redisUrl, CACHE_REDIS_URL: redisUrl }
}

/** Few products and many edits, until something is found. No worker runs: only the writer advances. */
async function violations(origin: string, more: Partial<RunOptions> = {}): Promise<readonly Violation[]> {
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = environment
  const { verdict } = await run({
    origins: [origin],
    databaseUrl: catalog.url,
    email,
    password,
    locales: ['en', 'de'],
    console: false,
    reads: 2_000,
    readsAnEdit: 20,
    clients: 8,
    products: HOT,
    stopAtViolation: true,
    ...more,
  })
  return verdict.violations
}

async function firstHot(): Promise<number> {
  const [product] = await hotProducts(catalog.url, HOT)
  if (!product) throw new Error('the catalog is empty')
  return product.id
}

test('without a fault nothing is reported', async () => {
  const shop = await startWebInstance(stores(redisAddress.href))
  try {
    expect((await violations(shop.url, { reads: 600 })).map(describe)).toEqual([])
  } finally {
    await shop.stop()
  }
})

test('an advance that is dropped is reported', async () => {
  const proxy = await losingProxy({ host: redisAddress.hostname, port: Number(redisAddress.port || 6379) })
  const shop = await startWebInstance(stores(`redis://127.0.0.1:${proxy.port}${redisAddress.pathname}`))
  const productId = await firstHot()
  try {
    proxy.lose(keys.tag(tag('price', productId)))
    const found = await violations(shop.url)
    expect(proxy.lost).toBeGreaterThan(0)
    expect(found.map(({ invariant }) => invariant)).toContainEqual(
      // Of an update of both products the other one is shown: whether that is seen first is chance.
      expect.stringMatching(/^(stale|own-write|backwards|half)$/),
    )
    expect(new Set(found.map((violation) => violation.productId))).toEqual(new Set([productId]))
  } finally {
    await shop.stop()
    await proxy.close()
  }
})

test('a page that was read before an edit and stored after it, and is let through, is reported', async () => {
  // Pages are rendered with their prices: a template holds none.
  const variables = { ...stores(redisAddress.href), TEST_RENDER_DELAY_MS: '100', TEST_WITHOUT_SLOTS: 'true' }
  const shop = await startWebInstance(variables, 'e2e/coherence/faults/stampedWhenStored.ts')
  try {
    const found = await violations(shop.url)
    expect(found.map(({ invariant }) => invariant)).toContainEqual(
      // Its Cache-Tag header names the version of the stamp: whether that or the page is looked at first is chance.
      expect.stringMatching(/^(stale|own-write|backwards|torn)$/),
    )
  } finally {
    await shop.stop()
  }
})

test('a page that is filled once and sent for good is reported', async () => {
  const shop = await startWebInstance(stores(redisAddress.href), 'e2e/coherence/faults/filledOnce.ts')
  try {
    const found = await violations(shop.url)
    expect(found.map(({ invariant }) => invariant)).toContainEqual(
      expect.stringMatching(/^(stale|own-write|backwards)$/),
    )
  } finally {
    await shop.stop()
  }
})

test('a commit that reaches the index row by row is reported', async () => {
  const shop = await startWebInstance(stores(redisAddress.href), 'e2e/coherence/faults/raisedByHalves.ts')
  try {
    const found = await violations(shop.url, { products: 12, console: true })
    expect(found.map(({ invariant }) => invariant)).toContain('half')
  } finally {
    await shop.stop()
  }
})

test('an index value that is lowered is reported', async () => {
  const shop = await startWebInstance(stores(redisAddress.href))
  const productId = await firstHot()
  const lowering = lowerIndex(redisAddress.href, productId)
  try {
    const found = await violations(shop.url)
    expect(lowering.lowered).toBeGreaterThan(0)
    expect(found.map(({ invariant }) => invariant)).toContainEqual(
      expect.stringMatching(/^(stale|own-write|backwards)$/),
    )
    expect(new Set(found.map((violation) => violation.productId))).toEqual(new Set([productId]))
  } finally {
    await lowering.stop()
    await shop.stop()
  }
})
