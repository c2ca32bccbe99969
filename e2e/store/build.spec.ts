/** The pages that a build renders: as many for a million products as for the catalog of the tests, so it takes as long. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { POLICIES } from '#lib/catalog/policies.ts'
import { LOCALES } from '#lib/platform/locales.ts'
import { expect, test } from '../support/test.ts'

const manifest = z.object({ routes: z.record(z.string(), z.object({ srcRoute: z.string() })) })

test('renders one of each kind of page in each language, of a catalog with many products', async ({ database }) => {
  const products = await database.sql('SELECT FROM products LIMIT 101')
  expect(products.length, 'enough to see the difference').toBeGreaterThan(100)
  const file = path.join(process.env['NEXT_DIST_DIR'] ?? '.next', 'prerender-manifest.json')
  const { routes } = manifest.parse(JSON.parse(readFileSync(file, 'utf8')))
  const byKind = Map.groupBy(Object.values(routes), ({ srcRoute }) => srcRoute)
  const most = (kind: string) =>
    kind.endsWith('/[policy]') ? LOCALES.length * POLICIES.length : kind.includes('[') ? LOCALES.length : 1
  expect(byKind.get('/[locale]/products/[slug]')).toHaveLength(LOCALES.length)
  for (const [kind, pages] of byKind) expect(pages.length, kind).toBeLessThanOrEqual(most(kind))
})
