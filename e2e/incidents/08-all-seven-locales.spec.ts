/** Incident 8: one of seven locale pages was invalidated; the others showed the old price for four hours. */
import { LOCALES } from '#lib/platform/locales.ts'
import { ask } from '../edge/edgeShop.ts'
import { pagesOf } from '../support/pagesOf.ts'
import { shownPrice } from '../support/shownPrices.ts'
import { expect, keptAtEdge, test } from './story/edgeTest.ts'
import { NaiveCache } from './story/naiveCache.ts'
import { recordStory, Timeline } from './story/story.ts'

const PRODUCT = 4
const CENTS = 4_321

test('serves the new price in all seven languages after one edit', async ({ edge }, { title }) => {
  const [naive, ours] = [new Timeline(), new Timeline()]
  const { products } = await pagesOf(edge.shop.database, PRODUCT)
  expect(products).toHaveLength(7)
  const [english = ''] = products
  const cdn = new NaiveCache(async (path) => (await ask(edge.shop.url + path)).body)
  for (const path of products) await cdn.get(path)
  await keptAtEdge(edge, products)

  const version = await edge.liveEdit(PRODUCT, CENTS)
  for (const [i, path] of products.entries()) {
    const { body, cache } = await ask(edge.url + path)
    if (i === 0) ours.mark('edit acknowledged: first request in each language')
    const shown = shownPrice(body, PRODUCT)
    ours.read(shown.version === version ? 'current' : 'stale')
    expect(body).toContain(`<html lang="${LOCALES[i]}"`)
    expect(shown, `${path}, ${cache}`).toMatchObject({
      version,
      elements: [`${version}:${CENTS}`],
      jsonLdCents: CENTS,
      openGraphCents: CENTS,
    })
  }
  // And what it keeps from then on is that.
  await keptAtEdge(edge, products)
  for (const path of products) expect(shownPrice((await ask(edge.url + path)).body, PRODUCT).version).toBe(version)

  cdn.purge(english)
  naive.mark('edit acknowledged, the English page purged')
  for (const path of products)
    naive.read(shownPrice(await cdn.get(path), PRODUCT).version === version ? 'current' : 'stale')
  expect(naive.count('stale'), 'the languages that were not thought of').toBe(6)
  recordStory({
    number: 8,
    lesson: title,
    naive,
    ours,
    figures: [
      `languages of seven that show the old price on the first request: ${naive.count('stale')}, and ${ours.count('stale')}`,
    ],
  })
})
