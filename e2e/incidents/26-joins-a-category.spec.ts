/** Incident 26: a product joined a category, and the tags of the category page did not know. */
import { z } from 'zod'
import { LOCALES } from '#lib/platform/locales.ts'
import { ask } from '../edge/edgeShop.ts'
import { expect, keptAtEdge, test } from './story/edgeTest.ts'
import { NaiveCache } from './story/naiveCache.ts'
import { recordStory, Timeline } from './story/story.ts'

/** The product that is first by rank outside of the category, so that it stands on its first page. */
const JOINS = `SELECT p.id, p.slug, c.id AS "categoryId", c.slug AS category FROM products p, categories c
  WHERE c.kind = 'category' AND p.status = 'active'
    AND NOT EXISTS (SELECT FROM product_categories pc WHERE pc.product_id = p.id AND pc.category_id = c.id)
  ORDER BY p.rank, p.id, c.id LIMIT 1`

/** Products that a page shows, as `product:42`. */
const shownProducts = (body: string) =>
  [...body.matchAll(/data-product-id="(\d+)"/g)].map(([, id]) => `product:${id ?? ''}`)

test('lists a product that joined a category on the first request after the delivery', async ({ edge }, { title }) => {
  const [naive, ours] = [new Timeline(), new Timeline()]
  const { database } = edge.shop
  const { id, slug, categoryId, category } = z
    .object({ id: z.number(), slug: z.string(), categoryId: z.number(), category: z.string() })
    .parse((await database.sql(JOINS))[0])
  const pages = LOCALES.map((locale) => `/${locale}/categories/${category}`)
  const lists = (body: string) => body.includes(`/products/${slug}"`)
  // Tags of what was on the page when it was rendered: the newcomer is not among them.
  const cdn = new NaiveCache(async (path) => (await ask(edge.shop.url + path)).body, { tagsOf: shownProducts })
  for (const path of pages) {
    const body = await cdn.get(path)
    expect(lists(body)).toBe(false)
    expect(shownProducts(body).length, 'the tags of what it shows').toBeGreaterThan(1)
  }
  await keptAtEdge(edge, pages)

  await database.sql('INSERT INTO product_categories (product_id, category_id) VALUES ($1, $2)', [id, categoryId])
  const committedAt = performance.now()
  ours.mark('joined with SQL')
  await expect
    .poll(async () => database.sql('SELECT FROM outbox WHERE done_at IS NULL'), { intervals: [10], timeout: 30_000 })
    .toEqual([])
  const deliveredMs = Math.round(performance.now() - committedAt)
  ours.mark('delivered: first request in each language')
  for (const path of pages) {
    for (const origin of [edge.url, edge.shop.url]) {
      const isListed = lists((await ask(origin + path)).body)
      ours.read(isListed ? 'current' : 'stale')
      expect(isListed, origin + path).toBe(true)
    }
  }

  cdn.purgeTag(`product:${id}`)
  naive.mark('joined, the tag of the product purged')
  for (const path of pages) naive.read(lists(await cdn.get(path)) ? 'current' : 'stale')
  expect(naive.count('stale'), 'no page had the tag').toBe(pages.length)
  recordStory({
    number: 26,
    lesson: title,
    naive,
    ours,
    figures: [
      `category pages without the product: ${naive.count('stale')} of ${naive.reads.length}, and ${ours.count('stale')} of ${ours.reads.length}; delivered ${deliveredMs} ms after the commit`,
    ],
  })
})
