/**
 * Incident 1: the version in the key of the CDN came from a header of the origin, which a fragment cache on another clock
 * served: six hours of stale pages, and a purge filled the CDN with the same again.
 */
import { z } from 'zod'
import { ask } from '../edge/edgeShop.ts'
import { shownPrice } from '../support/shownPrices.ts'
import { expect, test } from './story/edgeTest.ts'
import { NaiveCache } from './story/naiveCache.ts'
import { recordStory, Timeline } from './story/story.ts'

const EDITED = 100
/** Requests at once. */
const READERS = 6
const A_PAGE = 24
const PICTURES = 5
/** Pages of the naive variant. */
const NAIVE = 50

const products = z.array(z.object({ id: z.number(), path: z.string(), cents: z.number(), version: z.coerce.number() }))
const PRODUCTS = `SELECT p.id, '/en/products/' || p.slug AS path, pr.amount_cents AS cents, pr.version
  FROM products p JOIN prices pr ON pr.product_id = p.id WHERE p.status = 'active' ORDER BY p.id`
const categories = z.array(z.object({ path: z.string(), cards: z.coerce.number() }))
const CATEGORIES = `SELECT '/en/categories/' || c.slug AS path, count(DISTINCT COALESCE(-p.group_id, p.id)) AS cards
  FROM categories c JOIN product_categories pc ON pc.category_id = c.id JOIN products p ON p.id = pc.product_id
  WHERE c.kind = 'category' AND p.status = 'active' GROUP BY c.id ORDER BY c.id`

/** Every price element of a page, cards included. */
function elementsOf(body: string): { id: number; shows: string }[] {
  return (body.match(/<[a-z]+ [^>]*data-price-version[^>]*>/g) ?? []).map((element) => {
    const value = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(element)?.[1] ?? ''
    return {
      id: Number(value('data-product-id')),
      shows: `${value('data-price-version')}:${value('data-amount-cents')}`,
    }
  })
}

async function forEach<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const queue = [...all]
  const reader = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next)
  }
  await Promise.all(Array.from({ length: READERS }, reader))
}

test('shows every price right on the first request after a bulk edit of 100', async ({ edge }, { title }) => {
  test.setTimeout(180_000)
  const [naive, ours] = [new Timeline(), new Timeline()]
  const { database } = edge.shop
  const now = async () => products.parse(await database.sql(PRODUCTS))
  const before = await now()
  const edited = before.slice(0, EDITED)
  expect(edited).toHaveLength(EDITED)
  const lists = categories
    .parse(await database.sql(CATEGORIES))
    .flatMap(({ path, cards }) =>
      Array.from({ length: Math.ceil(cards / A_PAGE) }, (_, i) => (i === 0 ? path : `${path}/${i + 1}`)),
    )
    .concat('/en')

  // The page and its version come of one fragment cache with hours of its own; the key of the CDN is made of that version.
  const fragments = new NaiveCache(async (path) => (await ask(edge.shop.url + path)).body)
  const cdn = new NaiveCache((key) => fragments.get(key.replace(/@.*/, '')))
  const keyOf = async ({ id, path }: (typeof before)[number]) =>
    `${path}@${shownPrice(await fragments.get(path), id).version}`
  const kept = edited.slice(0, NAIVE)
  await forEach(kept, async (product) => void (await cdn.get(await keyOf(product))))
  await forEach([...edited.map(({ path }) => path), ...lists], async (path) => {
    await ask(edge.url + path)
    await expect
      .poll(async () => (await ask(edge.url + path)).cache, { timeout: 15_000, intervals: [20], message: path })
      .toBe('HIT edge')
  })

  const id = await edge.editMany(edited.map((product) => product.id))
  await expect
    .poll(async () => database.sql('SELECT state FROM bulk_edits WHERE id = $1', [id]), {
      timeout: 30_000,
      intervals: [20],
    })
    .toEqual([{ state: 'applied' }])
  ours.mark('100 prices are live: first request for each page and list')
  const after = new Map((await now()).map((product) => [product.id, product]))
  const wrong: string[] = []
  const pictures: string[] = []
  let prices = 0
  await forEach(
    [
      ...edited.map(({ id: productId, path }) => ({ productId, path })),
      ...lists.map((path) => ({ productId: 0, path })),
    ],
    async ({ productId, path }) => {
      const { body } = await ask(edge.url + path)
      const elements = elementsOf(body)
      prices += elements.length
      const bad = elements.filter(
        ({ id: shown, shows }) => shows !== `${after.get(shown)?.version}:${after.get(shown)?.cents}`,
      )
      const { version, cents } = after.get(productId) ?? { version: undefined, cents: undefined }
      const { openGraphCents, jsonLdCents } = shownPrice(body, productId)
      const picture = new URL(/property="og:image" content="([^"]+)"/.exec(body)?.[1] ?? 'http://none/').pathname
      const isPreviewRight =
        productId === 0 ||
        (openGraphCents === cents && jsonLdCents === cents && picture === `/og/products/${productId}/${version}.png`)
      if (productId !== 0) pictures.push(picture)
      if (bad.length > 0 || !isPreviewRight)
        wrong.push(`${path}: ${JSON.stringify({ bad, openGraphCents, jsonLdCents, picture })}`)
      ours.read(bad.length > 0 || !isPreviewRight ? 'stale' : 'current')
    },
  )
  expect(wrong).toEqual([])
  expect(prices).toBeGreaterThan(EDITED)
  for (const picture of pictures.slice(0, PICTURES)) expect((await ask(edge.url + picture)).status, picture).toBe(200)

  naive.mark('100 prices are live, the CDN purged: first request for each page')
  for (const product of kept) {
    const key = await keyOf(product)
    cdn.purge(key)
    const { version } = shownPrice(await cdn.get(key), product.id)
    naive.read(version === after.get(product.id)?.version ? 'current' : 'stale')
  }
  expect(naive.count('stale'), 'the purge fills the CDN with the same again').toBe(NAIVE)
  recordStory({
    number: 1,
    lesson: title,
    naive,
    ours,
    figures: [
      `pages with an old price on the first request: ${naive.count('stale')} of ${NAIVE}, and ${ours.count('stale')} of ${ours.reads.length}, with ${prices} prices on pages and cards`,
    ],
  })
})
