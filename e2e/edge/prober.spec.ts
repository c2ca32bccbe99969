/** The prober through a real edge, our Worker on workerd: it reads that layer, and finds what is frozen there alone. */
import { execFile } from 'node:child_process'
import { z } from 'zod'
import { freezingProxy, type FreezingProxy } from '../support/freezingProxy.ts'
import { pagesOf } from '../support/pagesOf.ts'
import { expect, test } from '../support/test.ts'
import { ask, startEdgeShop, type EdgeShop } from './edgeShop.ts'

const PRODUCT = 21
const PATIENCE = { timeout: 60_000, intervals: [100] }

let edge: EdgeShop
/** In front of the edge, as a region of a CDN that keeps a page for itself. */
let region: FreezingProxy
test.beforeAll(async () => {
  test.setTimeout(180_000)
  edge = await startEdgeShop()
  region = await freezingProxy(edge.url)
})
test.afterAll(async () => {
  await region.close()
  await edge.stop()
})

const reading = z.object({
  layer: z.string(),
  target: z.string(),
  verdict: z.string(),
  url: z.string(),
  evidence: z.unknown(),
})
const readings = async (where: string) =>
  z
    .array(reading)
    .parse(
      await edge.shop.database.sql(
        `SELECT layer, target, verdict, url, evidence FROM probe_readings WHERE ${where} ORDER BY id`,
      ),
    )
const mismatches = () =>
  edge.shop.database.sql(
    `SELECT summary, detail->>'layer' AS layer, resolved_at IS NULL AS open FROM alerts WHERE kind = 'probe-mismatch' ORDER BY id`,
  )

/** `npm run probe -- --once --url`. @returns its exit code and what it said */
function probe(url: string): Promise<{ code: number; said: string }> {
  const environment = { ...process.env, DATABASE_URL: edge.shop.databaseUrl, REDIS_URL: edge.shop.redisUrl }
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['cli/probe.ts', '--once', '--products', '5', '--url', url],
      { env: environment, timeout: 60_000 },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, said: stdout + stderr }),
    )
  })
}

test('reads pages through the edge, and reports one that is frozen there while the instance behind it is right', async () => {
  test.setTimeout(180_000)
  const {
    products: [path = ''],
  } = await pagesOf(edge.shop.database, PRODUCT)
  await expect.poll(async () => (await ask(edge.url + path)).cache).toBe('HIT edge')
  const { version: old } = await edge.shop.database.price(PRODUCT)
  await region.freeze(path)
  const prober = await edge.shop.startProber([edge.shop.url], {
    PROBER_INTERVAL_MS: '100',
    PROBER_WINDOW_MS: '1000',
    EDGE_PORT: new URL(region.url).port,
  })
  try {
    const { version } = await edge.edit(PRODUCT, 7_654)
    await expect.poll(mismatches, PATIENCE).toEqual([
      {
        layer: 'edge',
        open: true,
        summary: `Edge (edge) shows version ${old} of product ${PRODUCT}, Postgres has ${version}: ${path}`,
      },
    ])
    // In each language, and behind the edge, the page was right. A list counts for the newest price on it, so only product pages are counted.
    const fresh = `SELECT count(DISTINCT url) FILTER (WHERE layer = 'page')::int AS pages, count(DISTINCT url) FILTER (WHERE layer = 'edge')::int AS edge
      FROM probe_readings WHERE verdict = 'fresh' AND product_id = $1 AND expected_version = $2 AND url LIKE '%/products/%'`
    await expect
      .poll(() => edge.shop.database.sql(fresh, [PRODUCT, version]), PATIENCE)
      .toEqual([{ pages: 7, edge: 6 }])
    expect(await readings("verdict <> 'fresh'")).toEqual([
      expect.objectContaining({
        layer: 'edge',
        target: 'Edge',
        verdict: 'behind',
        url: region.url + path,
        evidence: expect.objectContaining({
          headers: expect.objectContaining({
            'x-cache': 'HIT edge',
            'cache-tag': expect.stringContaining(`price:${PRODUCT}@${old}`),
          }),
        }),
      }),
    ])
    region.thaw()
    await expect
      .poll(
        async () => (await mismatches()).map((alert) => z.object({ open: z.boolean() }).parse(alert).open),
        PATIENCE,
      )
      .toEqual([false])
  } finally {
    await prober.stop()
  }
})

test('reports from the shell, at any address: fresh through the edge, and stale where a page is frozen', async () => {
  test.setTimeout(120_000)
  const { code, said } = await probe(edge.url)
  expect(said).toMatch(/\d+ pages read, 0 wrong/)
  expect(code).toBe(0)
  const {
    products: [path = ''],
  } = await pagesOf(edge.shop.database, PRODUCT)
  await region.freeze(path)
  await edge.edit(PRODUCT, 7_655)
  const frozen = await probe(region.url)
  expect(frozen.said).toContain(`behind      ${region.url}${path}`)
  expect(frozen.code).toBe(1)
  expect((await probe(edge.url)).code).toBe(0)
})
