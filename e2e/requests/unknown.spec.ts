/** Addresses that lead nowhere, at any rate: Redis does not grow by them, and pages that exist stay fast. */
import { setInterval as every } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { z } from 'zod'
import type { Database } from '../support/database.ts'
import { environment } from '../support/environment.ts'
import { raw } from '../support/rawRequest.ts'
import { expect, test } from '../support/test.ts'

/** The number of addresses of each kind. */
const ADDRESSES = Number(process.env['UNKNOWN_ADDRESSES'] ?? 60)
/** The number of keys that other parts of the shop may write while a test runs: tags of prices, jobs. */
const OTHER_KEYS = 15

const KINDS: Readonly<Record<string, { at: (n: number) => string; status: number }>> = {
  products: { at: (n) => `/en/products/no-such-product-${n}`, status: 404 },
  categories: { at: (n) => `/de/categories/no-such-category-${n}`, status: 404 },
  'pages of a category beyond its end': { at: (n) => `/en/categories/furniture/${7_000 + n}`, status: 404 },
  'pages of a category that does not exist': { at: (n) => `/fr/categories/nowhere/${n + 2}`, status: 404 },
  'addresses below a language': { at: (n) => `/en/wp-content/${n}/x.php`, status: 404 },
  languages: { at: (n) => `/l${n}`, status: 404 },
  'products in unknown languages': { at: (n) => `/l${n}/products/chair`, status: 404 },
  'searches in unknown languages': { at: (n) => `/l${n}/search`, status: 404 },
  'addresses without a language': { at: (n) => `/products/no-such-product-${n}`, status: 307 },
  'encoded addresses': { at: (n) => `/en/products/caf%C3%A9-${n}`, status: 404 },
  'files of the build': { at: (n) => `/_next/static/chunks/${n}.js`, status: 404 },
  'resized pictures': { at: (n) => `/_next/image?url=%2Fog%2Fproducts%2F${n + 1}%2F1.png&w=640&q=75`, status: 404 },
  'resized icons': { at: (n) => `/_next/image?url=%2Ficon.svg%3F${n}&w=640&q=75`, status: 404 },
  'payloads of products': { at: (n) => `/en/products/no-such-payload-${n}`, status: 404 },
}

/** Into the report of the run. */
function note(description: string): void {
  test.info().annotations.push({ type: 'measured', description })
  if (process.env['UNKNOWN_ADDRESSES']) process.stdout.write(`${description}\n`)
}

const slugs = z.array(z.object({ slug: z.string() }))

async function slugsOf(database: Database, limit: number): Promise<string[]> {
  const rows = await database.sql("SELECT slug FROM products WHERE status = 'active' ORDER BY id LIMIT $1", [limit])
  return slugs.parse(rows).map(({ slug }) => slug)
}

test('writes nothing into Redis for addresses that lead nowhere', async () => {
  test.slow()
  const servers = [new Redis(environment.REDIS_URL), new Redis(environment.BODIES_URL)]
  const keysThere = async () => (await Promise.all(servers.map((redis) => redis.dbsize()))).reduce((sum, n) => sum + n)
  try {
    for (const [kind, { at, status }] of Object.entries(KINDS)) {
      const statuses = new Set<number>()
      const before = await keysThere()
      for (let n = 0; n < ADDRESSES; n += 6) {
        const answers = await Promise.all(Array.from({ length: 6 }, (_, i) => raw(at(n + i))))
        for (const answer of answers) statuses.add(answer.status)
      }
      const grown = (await keysThere()) - before
      note(`Redis after ${ADDRESSES} unknown ${kind}: ${grown} more keys`)
      expect.soft([...statuses], kind).toEqual([status])
      expect.soft(grown, kind).toBeLessThanOrEqual(OTHER_KEYS)
    }
  } finally {
    for (const redis of servers) redis.disconnect()
  }
})

const PER_SECOND = 60
const SECONDS = 10
/** Beyond ten times what such a page takes at rest. */
const WITHIN_MS = 3_000

test(`renders real pages at once while ${PER_SECOND} unknown addresses a second are asked for`, async ({
  database,
}) => {
  test.slow()
  const real = (await slugsOf(database, 60)).map((slug) => `/ko/products/${slug}`)
  const timed = async (path: string) => {
    const started = performance.now()
    expect.soft((await raw(path)).status, path).toBe(200)
    return performance.now() - started
  }
  const atRest: number[] = []
  for (const path of real.splice(-5)) atRest.push(await timed(path))
  const restMs = atRest.toSorted((a, b) => a - b)[2] ?? 0
  const strangers: Promise<unknown>[] = []
  const visitors: Promise<number>[] = []
  let tick = 0
  for await (const _ of every(1_000 / PER_SECOND)) {
    if (++tick > PER_SECOND * SECONDS) break
    strangers.push(raw(`/en/products/flood-${tick}-${Date.now()}`).catch(() => undefined))
    const target = tick % 12 === 0 ? real[tick / 12] : undefined
    if (!target) continue
    visitors.push(timed(target))
  }
  const took = (await Promise.all(visitors)).toSorted((a, b) => a - b)
  await Promise.all(strangers)
  const at = (share: number) => Math.round(took[Math.floor(share * (took.length - 1))] ?? 0)
  note(
    `${took.length} uncached pages beside ${PER_SECOND} unknown a second: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, at rest ${Math.round(restMs)} ms`,
  )
  expect(at(0.99)).toBeLessThan(WITHIN_MS + 10 * restMs)
})
