/**
 * The history checker with an edge as one more way to read, next to the shop itself: our Worker on workerd, and Varnish.
 * Neither product nor list pages have a bound: an edit is live when the edge has it.
 */
import { expect, test } from '@playwright/test'
import { run } from '../coherence/run.ts'
import { describe, tables } from '../coherence/report.ts'
import { environment } from '../support/environment.ts'
import { ask, startEdgeShop, type EdgeShop } from './edgeShop.ts'

const READS = 800

for (const kind of ['local', 'varnish'] as const) {
  test.describe(kind, () => {
    let edge: EdgeShop

    test.beforeAll(async () => {
      test.setTimeout(600_000) // Varnish may have to be installed
      edge = await startEdgeShop(kind)
      await expect.poll(async () => (await ask(`${edge.url}/en`)).cache, { timeout: 30_000 }).toBe('HIT edge')
    })
    test.afterAll(() => edge.stop())

    test(`no read of ${READS}, through the edge (${kind}) and past it, is stale, goes backwards, was never committed or is torn`, async () => {
      test.setTimeout(240_000)
      const result = await run({
        origins: [edge.url, edge.shop.url],
        databaseUrl: edge.shop.databaseUrl,
        email: environment.ADMIN_EMAIL,
        password: environment.ADMIN_PASSWORD,
        locales: ['en', 'de', 'ja'],
        reads: READS,
        readsAnEdit: 30,
        clients: 8,
        products: 8,
      })
      const { verdict, counts, writes } = result
      await test.info().attach('history.md', { body: tables(result), contentType: 'text/markdown' })
      expect(verdict.violations.map(describe)).toEqual([])
      expect(Object.entries(verdict.counts).filter(([, count]) => count > 0)).toEqual([])
      // workerd ends connections that were idle for some seconds; a browser asks again, the reader of a history does not.
      expect(Object.keys(counts.failures).filter((failure) => !failure.endsWith('ECONNRESET'))).toEqual([])
      expect(Math.min(writes.live, writes.sql)).toBeGreaterThan(0)
      // Nothing is proved about an edge that kept nothing.
      expect(counts.byCache['HIT edge'] ?? 0).toBeGreaterThan(READS / 40)
      expect(counts.byCache['MISS edge'] ?? 0).toBeGreaterThan(0)
    })
  })
}
