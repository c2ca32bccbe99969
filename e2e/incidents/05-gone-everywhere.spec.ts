/** Incident 5: a discontinued product was recommended for six months. */
import { z } from 'zod'
import { ask } from '../edge/edgeShop.ts'
import { recommendedProduct } from '../support/discontinue.ts'
import { pagesOf } from '../support/pagesOf.ts'
import { expect, keptAtEdge, test } from './story/edgeTest.ts'
import { NaiveCache } from './story/naiveCache.ts'
import { recordStory, Timeline } from './story/story.ts'

const discovery = z.object({ url: z.string() })

test('shows a discontinued product nowhere from the first request on', async ({ edge }, { title }) => {
  const [naive, ours] = [new Timeline(), new Timeline()]
  const { database } = edge.shop
  const product = await recommendedProduct(database)
  const { productId, slug, version } = product
  try {
    const pages = await pagesOf(database, productId)
    const beside = z
      .array(z.object({ path: z.string() }))
      .parse(
        await database.sql(
          `SELECT '/en/products/' || p.slug AS path FROM related_products r JOIN products p ON p.id = r.product_id
           WHERE r.related_id = $1 AND p.status = 'active' ORDER BY r.position, p.id LIMIT 3`,
          [productId],
        ),
      )
      .map(({ path }) => path)
    const lists = [pages.home, ...pages.categories, ...beside]
    const others = [pages.search, `/sitemaps/products-${Math.ceil(productId / 1_000)}.xml`]
    const gone = [...pages.products, `/og/products/${productId}/${version}.png`]
    const mentions = async (path: string) => (await ask(edge.url + path)).body.includes(`/products/${slug}`)
    const feed = async () => discovery.parse(JSON.parse((await ask(`${edge.url}/api/recommendations`)).body)).url
    const recommends = async () => (await ask(edge.url + (await feed()))).body.includes(`"${slug}"`)
    // It was featured a moment ago, past the application.
    await expect.poll(recommends).toBe(true)
    for (const path of lists) await expect.poll(() => mentions(path), { message: path }).toBe(true)
    await keptAtEdge(edge, [...lists, ...pages.products])
    for (const path of others) expect(await mentions(path), path).toBe(true)
    for (const path of gone) expect((await ask(edge.url + path)).status, path).toBe(200)
    // A service that recommends by identity, and keeps what it once made of that.
    const recommender = new NaiveCache(async (path) => (await ask(edge.shop.url + path)).body)
    for (const path of [...lists, ...pages.products]) await recommender.get(path)

    expect(
      await edge.call('PUT', `/api/admin/products/${productId}/status`, { status: 'discontinued', reason: 'Sold out' }),
    ).toMatchObject({ state: 'live' })
    ours.mark('discontinued: first request to each place')
    for (const path of gone) {
      const { status } = await ask(edge.url + path)
      ours.read(status === 410 ? 'current' : 'stale')
      expect(status, path).toBe(410)
    }
    for (const path of [...lists, ...others]) {
      const isShown = await mentions(path)
      ours.read(isShown ? 'stale' : 'current')
      expect(isShown, path).toBe(false)
    }
    expect(await recommends()).toBe(false)

    for (const path of pages.products) recommender.purge(path)
    naive.mark('discontinued, its own pages purged')
    for (const path of lists)
      naive.read((await recommender.get(path)).includes(`/products/${slug}`) ? 'stale' : 'current')
    expect(naive.count('stale'), 'where it is shown was not written down').toBe(lists.length)
    recordStory({
      number: 5,
      lesson: title,
      naive,
      ours,
      figures: [
        `places that show it on the first request: ${naive.count('stale')} of ${naive.reads.length} lists, and ${ours.count('stale')} of ${ours.reads.length} pages, lists and previews`,
      ],
    })
  } finally {
    await product.restore()
  }
})
