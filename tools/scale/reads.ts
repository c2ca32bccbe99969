/** The reads of the catalog by the shop, the back office and the workers. */
import { shellPrincipal } from '#lib/access/principal.ts'
import { placeAt } from '#lib/catalog/existence.ts'
import { readFeedPart } from '#lib/catalog/feed/feed.ts'
import { PRODUCTS_PER_PAGE } from '#lib/catalog/pagination.ts'
import { readCategoryTiles, readCategoryTotal, readProduct, readProductList } from '#lib/catalog/queries.ts'
import { findFacets, searchProducts } from '#lib/catalog/search/search.ts'
import { parseSearch, type RawSearchParams } from '#lib/catalog/search/searchParams.ts'
import { suggest } from '#lib/catalog/search/suggest.ts'
import { sitemapCategories, sitemapParts, sitemapProducts } from '#lib/catalog/sitemap/sitemap.ts'
import { claimOutbox } from '#lib/delivery/outbox.ts'
import { driftingProducts } from '#lib/observability/dashboard/drift.ts'
import { listReceipts, searchReceipts } from '#lib/observability/dashboard/receipts.ts'
import { findBehind } from '#lib/observability/monitor/checks/behind.ts'
import { WALKED } from '#lib/observability/monitor/checks/driftCheck.ts'
import { sampleTags } from '#lib/observability/monitor/context.ts'
import { recentChanges as changesToProbe } from '#lib/observability/probe/source.ts'
import { db } from '#lib/platform/db.ts'
import { selection, type GridSort } from '#lib/pricing/bulk/contract.ts'
import { countSelection, selectionRows } from '#lib/pricing/bulk/selection/selection.ts'
import { selectionFacets } from '#lib/pricing/bulk/selection/selectionFacets.ts'
import { priceActivity, priceHistory, recentChanges } from '#lib/pricing/history.ts'
import { findPricedProducts, pricedProduct } from '#lib/pricing/pricedProducts.ts'

export interface Read {
  readonly name: string
  /** Search is answered from memory, and has no plan of its own. */
  readonly area: 'page' | 'search' | 'office' | 'worker'
  /** @param i counts up: which product */
  run(i: number): Promise<unknown>
}

const LOOK_BACK_MS = 24 * 3_600_000

export async function reads(): Promise<readonly Read[]> {
  const categories = await db().$queryRaw<{ id: number; slug: string; cards: number }[]>`
    SELECT c.id, c.slug, count(l.product_id)::int AS cards FROM categories c JOIN category_cards l ON l.category_id = c.id
    WHERE c.kind = 'category' GROUP BY c.id ORDER BY count(*) DESC, c.slug`
  const [largest, smallest] = [categories[0], categories.at(-1)]
  const products = await db().product.findMany({
    where: { status: 'active' },
    select: { slug: true, sku: true },
    take: 500,
    orderBy: { id: 'asc' },
  })
  const [{ highest = 1 } = {}] = await db().$queryRaw<{ highest: number }[]>`SELECT max(id) AS highest FROM products`
  if (!largest || !smallest || products.length === 0) throw new Error('The catalog is empty: seed it first.')
  const deepest = Math.ceil(largest.cards / PRODUCTS_PER_PAGE)
  const search = (raw: RawSearchParams, locale: 'en' | 'de' | 'ja' = 'en') => {
    const { query } = parseSearch(raw)
    return () => searchProducts(query, locale, categories.find(({ slug }) => slug === query.category)?.id)
  }
  const principal = shellPrincipal('scale')
  const grid =
    (given: object, sort?: GridSort, offset = 0) =>
    () =>
      selectionRows(principal, { selection: selection.parse(given), offset, limit: 100, ...(sort && { sort }) })
  const count = (given: object) => () => countSelection(principal, selection.parse(given))
  const priced = { minCents: 2_000, maxCents: 40_000 }
  const dayAgo = new Date(Date.now() - LOOK_BACK_MS).toISOString()
  const part = Math.ceil(highest / 2_000)
  const page = (name: string, run: Read['run']): Read => ({ name, area: 'page', run })
  const office = (name: string, run: Read['run']): Read => ({ name, area: 'office', run })
  const worker = (name: string, run: Read['run']): Read => ({ name, area: 'worker', run })
  const searched = (name: string, run: Read['run']): Read => ({ name, area: 'search', run })
  return [
    page('a product', (i) => readProduct(products[i % products.length]?.slug ?? '')),
    page('whether an address is a product', (i) =>
      placeAt({
        source: '/[locale]/products/[slug]/page',
        pathname: `/en/products/${products[i % products.length]?.slug}`,
      }),
    ),
    page('first page of the largest category', () => readProductList(largest.slug, 'category', 1)),
    page('last page of the largest category', () => readProductList(largest.slug, 'category', deepest)),
    page('first page of the smallest category', () => readProductList(smallest.slug, 'category', 1)),
    page('how many cards the largest category lists', () => readCategoryTotal(largest.slug)),
    page('categories of the home page', () => readCategoryTiles()),
    page('sitemap: its parts', () => sitemapParts()),
    page('sitemap: one part', () => sitemapProducts(part)),
    page('sitemap: categories', () => sitemapCategories()),
    page('a part of the product feed', () => readFeedPart(part, 'de')),
    searched('everything', search({})),
    searched('one word', search({ q: 'mist' })),
    searched('two words', search({ q: 'oak chair' })),
    searched('a word between two prices', search({ q: 'mist', min: '100', max: '200' })),
    searched('a slip of the pen', search({ q: 'headfones' })),
    searched('three words in German', search({ q: 'graue lampe messing' }, 'de')),
    searched('a word in Japanese', search({ q: 'ソファ' }, 'ja')),
    searched('a word and four facets', search({ q: 'chair', brand: 'Halvorn', colour: 'sage', sale: '1', stock: '1' })),
    searched('a category by price', search({ category: largest.slug, sort: 'price-asc' })),
    searched('page 400 of everything by name', search({ sort: 'name', page: '400' })),
    searched('facets of a category', () => findFacets(parseSearch({ category: largest.slug }).query, 'en', largest.id)),
    searched('suggestions for two letters', () => suggest('ch', 'en')),
    searched('an item number', (i) =>
      searchProducts(parseSearch({ q: products[i % products.length]?.sku ?? '' }).query, 'en', undefined),
    ),
    office('list of products', () => findPricedProducts('', 1)),
    office('list of products: page 400', () => findPricedProducts('', 400)),
    office('list of products: two words', () => findPricedProducts('oak chair', 1)),
    office('a product with its price', (i) => pricedProduct(1 + (i % highest))),
    office('grid: all products', grid({})),
    office('grid: all products by name, from 1,000', grid({}, 'name', 1_000)),
    office('grid: all products by item number', grid({}, 'sku')),
    office('grid: all products by brand', grid({}, 'brand')),
    office('grid: all products by amount', grid({}, 'amount')),
    office('grid: all products by compare-at price', grid({}, 'compareAt')),
    office('grid: all products by margin', grid({}, 'margin')),
    office('grid: last changed', grid({}, 'changed')),
    office('grid: a small category', grid({ categories: [smallest.slug] })),
    office('grid: a brand', grid({ brands: ['Halvorn'] })),
    office('grid: the last products', grid({}, 'id', Math.max(0, highest - 100))),
    office('grid: a word', grid({ text: 'chair' })),
    office('grid: a word by name', grid({ text: 'chair' }, 'name')),
    office('grid: two words by amount', grid({ text: 'oak chair' }, 'amount')),
    office(
      'grid: the largest category between two prices, by name',
      grid({ ...priced, categories: [largest.slug] }, 'name'),
    ),
    office('grid: a reduced brand by item number', grid({ brands: ['Halvorn'], onSale: true }, 'sku')),
    office('grid: a shown price', grid({ ...priced, amountOf: 'shown' })),
    office('grid: not reduced', grid({ onSale: false })),
    office(
      'grid: a brand not changed in the last day, by margin',
      grid({ brands: ['Halvorn'], changedBefore: dayAgo }, 'margin'),
    ),
    office('grid: changed in the last day', grid({ changedAfter: dayAgo })),
    office('grid: how many between two prices', count(priced)),
    office('grid: how many between two shown prices', count({ ...priced, amountOf: 'shown' })),
    office('grid: how many are reduced', count({ onSale: true })),
    office('grid: how many are not reduced', count({ onSale: false })),
    office('grid: how many have not changed in the last day', count({ changedBefore: dayAgo })),
    office('grid: how many have two words', count({ text: 'oak chair' })),
    office('grid: what its filters offer', () => selectionFacets(principal)),
    office('history of a price', (i) => priceHistory(1 + (i % highest))),
    office('newest changes', () => recentChanges()),
    office('changes of a day', () => priceActivity()),
    office('receipts: newest edits', () => searchReceipts(db(), '')),
    office('receipts: an item number', (i) => searchReceipts(db(), products[i % products.length]?.sku ?? '')),
    office('receipts: a price', (i) => listReceipts(db(), { kind: 'price', id: 1 + (i % highest) })),
    office('receipts: a stock', (i) => listReceipts(db(), { kind: 'stock', id: 1 + (i % highest) })),
    office('receipts: a version of a product', (i) =>
      listReceipts(db(), { kind: 'product', id: 1 + (i % highest), version: 2 }),
    ),
    office('receipts: a correlation id', (i) => searchReceipts(db(), `request ${i}`)),
    office('products on their way', () => driftingProducts(db())),
    worker('relay: what is due', () => claimOutbox(db())),
    worker('monitor: products behind', () =>
      findBehind(db(), { lookBackMs: LOOK_BACK_MS, from: 1, to: WALKED, known: [] }, 500),
    ),
    worker('monitor: a sample', () => sampleTags(db(), 300, 100)),
    worker('prober: what changed', () => changesToProbe(db(), new Date(Date.now() - 60_000))),
  ]
}
