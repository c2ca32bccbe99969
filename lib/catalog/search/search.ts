/**
 * The search of the shop, and its filtered lists. The results come from the index in memory, as current as Postgres when the
 * search begins; what is shown of it is read from Postgres. So it needs no invalidation.
 */
import pTimeout from 'p-timeout'
import { z } from 'zod'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { FreshnessError } from '#lib/coherence/index.ts'
import { db, type Db } from '#lib/platform/db.ts'
import { logger } from '#lib/platform/logger.ts'
import { LOCALES, type Locale } from '#lib/platform/locales.ts'
import { runPeriodically } from '#lib/platform/process/periodic.ts'
import { processSingleton } from '#lib/platform/process/processSingleton.ts'
import { untilShutdown } from '#lib/platform/process/shutdown.ts'
import { publishShown, readStart, versionSource } from '../coherence.ts'
import { pageCount, PRODUCTS_PER_PAGE } from '../pagination.ts'
import { readValue } from '../queries.ts'
import { cardVersions, groupVersions, LISTED_CARD_JSON, listedCard, type ListedCard } from '../rows.ts'
import type { Facets } from './index/facets.ts'
import { IdSet } from './index/idSet.ts'
import { LoadedIndex } from './index/loadedIndex.ts'
import { selectProducts, StaffSelection, type StaffFilters } from './index/staffSelection.ts'
import { countForStaff, type StaffCount } from './index/staffCounts.ts'
import type { Found, IndexQuery, SearchIndex } from './index/searchIndex.ts'
import { idsByItemNumber } from './itemNumbers.ts'
import { parseSearch, type SearchQuery } from './searchParams.ts'
import { wordsOf } from './words.ts'

export type { StaffSelection }

export interface SearchResult {
  readonly total: number
  readonly products: readonly ListedCard[]
  /** The page that is shown: the last one, when a later one was asked for. */
  readonly page: number
  /** As many as can be looked through. */
  readonly pages: number
  readonly facets: Facets
}

/** Products that the pages reach: no visitor reads further. */
const MOST_PAGED = 10_000
const NO_FACETS: Facets = {
  categories: new Map(),
  brands: new Map(),
  colours: new Map(),
  prices: [],
  onSale: 0,
  inStock: 0,
}

/** One in a process: a page that Next renders and a route that is answered without it search the same. */
const indexes = () => processSingleton('searchIndexes', () => new WeakMap<Db, LoadedIndex>())

function indexOf(own: Db): LoadedIndex {
  const known = indexes().get(own)
  if (known) return known
  const index = new LoadedIndex(
    own,
    versionSource(() => own),
  )
  indexes().set(own, index)
  return index
}

/** Less than what a search would have to catch up with: a bulk edit of 50,000 prices takes it a second. */
const REFRESH_MS = 5_000
/** The same while it fails: a search brings the index up to date itself. */
const LONGEST_REFRESH_MS = 30_000

/** Loads the index, or brings it up to date, for as long as that takes. */
export async function loadSearch(own: Db = db()): Promise<void> {
  await indexOf(own).current('', [])
}

/** Loads the index before the first search, and keeps it near Postgres between two searches, until the process stops. */
export function keepSearchCurrent(db: Db): void {
  const failed = (error: unknown) =>
    logger('search').warn({ err: error }, 'the search index was not brought up to date')
  untilShutdown('search', (signal) =>
    runPeriodically(() => loadSearch(db), { everyMs: REFRESH_MS, longestMs: LONGEST_REFRESH_MS, signal, failed }),
  )
}

/** A large catalog is loaded for minutes: a search waits this long for it, and then says so. */
const WAIT_MS = 15_000

async function currentIndex(text: string, locales: readonly Locale[]): Promise<SearchIndex> {
  const late = new FreshnessError('SOURCE_UNAVAILABLE', 'the search index is not loaded yet', { retryable: true })
  return pTimeout(indexOf(db()).current(text, locales), { milliseconds: WAIT_MS, message: late })
}

/** The index of now, and products that have the text for an item number. */
async function indexFor(text: string, locales: readonly Locale[]) {
  const [index, only] = await Promise.all([currentIndex(text, locales), idsByItemNumber(text)])
  return { index, only: only === undefined ? {} : { only } }
}

/** Ids and counts. A text without a letter and a digit finds nothing. */
export async function find(query: IndexQuery): Promise<Found> {
  if (query.text.trim() !== '' && wordsOf(query.text).length === 0)
    return { total: 0, page: 1, ids: [], beside: new Map(), facets: NO_FACETS }
  const { index, only } = await indexFor(query.text, [query.locale])
  return index.find({ ...query, ...only })
}

/** A card of a group shows the found products: the price from which it begins is one of them. */
async function readCards(ids: readonly number[], beside: Found['beside']): Promise<ListedCard[]> {
  if (ids.length === 0) return []
  const start = await readStart()
  const cards = z.array(listedCard).parse(
    await readValue(Prisma.sql`
      SELECT COALESCE(jsonb_agg(${LISTED_CARD_JSON} ORDER BY listed.at), '[]') AS value
      FROM unnest(${[...ids]}::int[]) WITH ORDINALITY listed(id, at)
      JOIN products p ON p.id = listed.id JOIN prices pr ON pr.product_id = p.id`),
  )
  await publishShown(
    cards.flatMap((card) => [...cardVersions(card), ...groupVersions(card.group)]),
    start,
  )
  return cards.map((card) => {
    const found = new Set(beside.get(card.id))
    const { group } = card
    return { ...card, group: group && { ...group, members: group.members.filter(({ id }) => found.has(id)) } }
  })
}

/** As people who work in the shop look for products: in a language of the shop, among discontinued ones, too. */
async function forStaff(text: string): Promise<{ index: SearchIndex; query: IndexQuery }> {
  const { query } = parseSearch({ q: text })
  const { index, only } = await indexFor(query.text, LOCALES)
  const locale = index.languageOf(query.text)
  return { index, query: { ...query, ...only, locale, category: undefined, perPage: 0, all: true } }
}

/**
 * Finds names in English, or in the first language of the shop that knows all words; discontinued products, too.
 * @param most of the first ones
 * @returns ids, the best first
 */
export async function findForStaff(text: string, most: number): Promise<readonly number[]> {
  if (wordsOf(text).length === 0) return []
  const { index, query } = await forStaff(text)
  return index.find({ ...query, perPage: most }).ids
}

/** The same without slips of the pen, all of them in no order: prices are changed by it. */
export async function allForStaff(text: string): Promise<readonly number[]> {
  if (wordsOf(text).length === 0) return []
  const { index, query } = await forStaff(text)
  return index.all({ ...query, strict: true })
}

/**
 * Counts the products of each status, brand and set of categories, discontinued ones too; in Postgres that visits all of them.
 * @returns undefined while the index is being loaded
 */
export async function countsForStaff(): Promise<readonly StaffCount[] | undefined> {
  const index = indexOf(db())
  return index.isLoaded ? countForStaff((await index.current('', [])).products) : undefined
}

interface StaffAsks {
  /** Absent: only those that are added. */
  readonly filters: StaffFilters | undefined
  readonly added: readonly number[]
  readonly removed: readonly number[]
}

/** @returns undefined while the index is being loaded */
export async function selectForStaff({ filters, added, removed }: StaffAsks): Promise<StaffSelection | undefined> {
  const index = indexOf(db())
  if (!index.isLoaded) return undefined
  const { products } = await index.current('', [])
  const chosen = filters ? selectProducts(products, filters) : new IdSet(products.endOfIds)
  for (const id of added) if (products.rowOf(id) !== undefined) chosen.add(id)
  for (const id of removed) chosen.delete(id)
  return new StaffSelection(products, chosen)
}

/** The results of each facet. @param category the id of the one that the query names */
export async function findFacets(query: SearchQuery, locale: Locale, category: number | undefined): Promise<Facets> {
  return (await find({ ...query, locale, category, perPage: 0 })).facets
}

/** @param category the id of the one that the query names */
export async function searchProducts(
  query: SearchQuery,
  locale: Locale,
  category: number | undefined,
): Promise<SearchResult> {
  const last = pageCount(MOST_PAGED, PRODUCTS_PER_PAGE)
  const asked = { ...query, page: Math.min(query.page, last), perPage: PRODUCTS_PER_PAGE }
  const { total, page, ids, beside, facets } = await find({ ...asked, locale, category })
  const pages = Math.min(pageCount(total, PRODUCTS_PER_PAGE), last)
  return { total, products: await readCards(ids, beside), page, pages, facets }
}
