/**
 * The catalog as pages read it: cached, and tagged with the version of every row that was read. An entry is used only
 * while the version index confirms all of its versioned tags, so the times below never decide about freshness: they
 * only bound what an entry may cost (`expire`) and how long a browser reuses a page without asking (`stale`).
 */
import { cacheLife, cacheTag } from 'next/cache'
import { setTimeout as delay } from 'node:timers/promises'
import { cacheTags, GONE_TAG, MISSING_TAG, type VersionedTag } from '#lib/coherence/tags.ts'
import { CATALOG_ID, localeTag, versioned } from './resources.ts'
import { env } from '#lib/platform/env.ts'
import { pageCount, PRODUCTS_PER_PAGE } from './pagination.ts'
import { readCategoryTiles, readCategoryTotal, readNavigation, readProduct, readProductList } from './queries.ts'
import {
  cardVersions,
  groupVersions,
  type CategoryTile,
  type ListedCard,
  type Navigation,
  type Product,
  type ProductList,
} from './rows.ts'
import { groupWithPlaceholders, isSlotKind, makesTemplate } from './slots.ts'

/** 30 s is the least that Next prerenders; the browser's price store covers them. */
const KNOWN = { stale: 30, revalidate: 3600, expire: 86_400 }

/**
 * The absence of a row has no version that could outdate it. Both caches leave out what may be kept for
 * a second at most, so it is read again on each render.
 */
const UNKNOWN = { stale: 30, revalidate: 1, expire: 300 }

/** Test-only: widens the moment between reading a price and storing the page, in which a price can change. */
async function afterPriceRead(): Promise<void> {
  const ms = env().TEST_RENDER_DELAY_MS
  if (ms > 0) await delay(ms)
}

/** Called within a `'use cache'` function. @param rows of the same statement as the data */
function madeFrom(rows: Iterable<VersionedTag>): void {
  cacheTag(...cacheTags(rows))
}

/**
 * The tags of a card on a page. In a template price and stock stand in slots, and are no part of it.
 */
function madeFromCards(
  cards: readonly Pick<ListedCard, 'id' | 'version' | 'price' | 'group'>[],
  asTemplate: boolean,
  others: readonly VersionedTag[] = [],
): void {
  const shown = cards.flatMap((card) => [...cardVersions(card), ...groupVersions(card.group)])
  madeFrom([...others, ...(asTemplate ? shown.filter(({ kind }) => !isSlotKind(kind)) : shown)])
}

/** @returns undefined when there is no such product */
export function cachedProduct(slug: string): Promise<Product | undefined> {
  return productOf(slug, makesTemplate())
}

async function productOf(slug: string, asTemplate: boolean): Promise<Product | undefined> {
  'use cache'
  const product = await readProduct(slug)
  await afterPriceRead()
  if (!product) {
    cacheLife(UNKNOWN)
    return undefined
  }
  cacheLife(KNOWN)
  // The page shows neither price nor stock of related products that cannot be bought, but they appear again when that changes. The
  // page of a discontinued product shows none: another one of its kind is nearer than what went well with it.
  const sold = product.status === 'active' ? product.related.filter(({ status }) => status === 'active') : []
  const others = product.related.filter((card) => !sold.includes(card))
  madeFromCards(
    [product, ...sold],
    asTemplate,
    others.map(({ id, version }) => versioned('product', id, version)),
  )
  if (product.status === 'discontinued') cacheTag(GONE_TAG)
  if (!asTemplate) return product
  return {
    ...groupWithPlaceholders(product),
    priceValidUntil: null,
    related: product.related.map(groupWithPlaceholders),
  }
}

async function taggedList(list: ProductList | undefined, asTemplate: boolean): Promise<ProductList | undefined> {
  await afterPriceRead()
  if (!list) return undefined
  const { category, products } = list
  madeFromCards(products, asTemplate, [versioned('category', category.id, category.version)])
  return asTemplate ? { category, products: products.map(groupWithPlaceholders) } : list
}

/** Kept through edits of prices: only the category's own version outdates it. */
async function cachedCategoryTotal(slug: string): Promise<number> {
  'use cache'
  const found = await readCategoryTotal(slug)
  cacheLife(found ? KNOWN : UNKNOWN)
  if (found) madeFrom([versioned('category', found.id, found.version)])
  return found?.total ?? 0
}

/** One page of a category, and how many products are on all of them. @returns undefined when there is no such category */
export function cachedCategoryPage(slug: string, page: number): Promise<(ProductList & { total: number }) | undefined> {
  return categoryPageOf(slug, page, makesTemplate())
}

async function categoryPageOf(slug: string, page: number, asTemplate: boolean) {
  'use cache'
  // Both carry the category's version: where they were read on two sides of a change, the page is not kept.
  const [list, total] = await Promise.all([
    readProductList(slug, 'category', page).then((read) => taggedList(read, asTemplate)),
    cachedCategoryTotal(slug),
  ])
  // There are more numbers than pages: what is beyond the last one must not be kept.
  cacheLife(list && page <= pageCount(total, PRODUCTS_PER_PAGE) ? KNOWN : UNKNOWN)
  return list && { ...list, total }
}

/** The first products of a category, fewer than a page of it. @returns undefined when there is no such category */
export function cachedCategoryBest(slug: string, size: number): Promise<ProductList | undefined> {
  return firstOf('category', slug, size, makesTemplate())
}

/** A hand-picked collection, such as `featured`. @returns undefined when there is no such collection */
export function cachedCollection(slug: string, size: number): Promise<ProductList | undefined> {
  return firstOf('collection', slug, size, makesTemplate())
}

async function firstOf(kind: 'category' | 'collection', slug: string, size: number, asTemplate: boolean) {
  'use cache'
  const list = await taggedList(await readProductList(slug, kind, 1, size), asTemplate)
  cacheLife(list ? KNOWN : UNKNOWN)
  return list
}

/** The top categories with a picture each. */
export async function cachedCategoryTiles(): Promise<CategoryTile[]> {
  'use cache'
  cacheLife(KNOWN)
  const { catalogVersion, collections, tiles } = await readCategoryTiles()
  madeFrom([
    versioned('catalog', CATALOG_ID, catalogVersion),
    ...[...collections, ...tiles].map(({ id, version }) => versioned('category', id, version)),
    ...tiles.flatMap(({ cover }) => (cover ? [versioned('product', cover.id, cover.version)] : [])),
  ])
  return tiles
}

/** The category tree. Every page shows it, and so carries the tag of the catalog. */
export async function cachedNavigation(): Promise<Navigation> {
  'use cache'
  cacheLife({ ...KNOWN, stale: 300 })
  const navigation = await readNavigation()
  madeFrom([versioned('catalog', CATALOG_ID, navigation.catalogVersion)])
  return navigation
}

/** Gives a page the tag of its language, by which all of them can be purged. */
export async function taggedLocale(locale: string): Promise<string> {
  'use cache'
  cacheLife(KNOWN)
  cacheTag(localeTag(locale))
  return locale
}

/** Gives the page that is shown in place of one that does not exist the tag by which it is answered with 404. */
export async function taggedMissing(): Promise<void> {
  'use cache'
  cacheLife(KNOWN)
  cacheTag(MISSING_TAG)
}
