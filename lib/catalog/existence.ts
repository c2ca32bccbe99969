/**
 * Finds the page at an address: asked before anything is rendered for it. Nothing remembers that a page does not exist, so what is
 * created or renamed is found by the first request after its commit; the question costs one indexed look-up for all the
 * requests that wait.
 */
import { LRUCache } from 'lru-cache'
import { serialBatch } from '#lib/coherence/index.ts'
import { publishShown, readStart } from './coherence.ts'
import { FreshnessError, type ReadStart } from '#lib/coherence/index.ts'
import type { Place } from '#lib/coherence/next.ts'
import { isSlug, versioned } from './resources.ts'
import { db } from '#lib/platform/db.ts'
import { DEFAULT_LOCALE, isLocale } from '#lib/platform/locales.ts'
import { isPolicy } from './policies.ts'
import { pageCount, parsePage, PRODUCTS_PER_PAGE } from './pagination.ts'
import { readCategoryTotal } from './queries.ts'

/** Below each language: the page that is shown where there is none. */
export const MISSING_PAGE = 'not-found'

/** The address of the page that stands for all those of its language that do not exist. */
export function missingPageOf(pathname: string): string {
  const language = pathname.split('/')[1]
  return `/${isLocale(language) ? language : DEFAULT_LOCALE}/${MISSING_PAGE}`
}

type Kind = 'product' | 'category'

/** A resource with a slug, now or before it was renamed. */
interface Row {
  readonly kind: Kind
  readonly id: number
  readonly version: number
  /** The requested slug. */
  readonly asked: string
  /** Its slug of today: another one where it was renamed. */
  readonly slug: string
}

const nameOf = (kind: Kind, slug: string) => `${kind} ${slug}`

/**
 * By kind and slug. A slug that is in use is no former one: the triggers of `former_slugs` see to it.
 * Never answered from a look-up that began before the question: what was committed before it is seen.
 */
const lookUp = serialBatch(async (names: string[]): Promise<ReadonlyMap<string, Row>> => {
  const slugs = (kind: Kind) =>
    names.filter((name) => name.startsWith(nameOf(kind, ''))).map((name) => name.slice(nameOf(kind, '').length))
  const [products, categories] = [slugs('product'), slugs('category')]
  try {
    const rows = await db().$queryRaw<(Omit<Row, 'version'> & { version: bigint })[]>`
      SELECT 'product' AS kind, p.id, p.version, p.slug AS asked, p.slug FROM products p
      JOIN prices pr ON pr.product_id = p.id WHERE p.slug = ANY(${products})
      UNION ALL SELECT 'product', p.id, p.version, f.slug, p.slug FROM former_slugs f
      JOIN products p ON p.id = f.id JOIN prices pr ON pr.product_id = p.id
      WHERE f.kind = 'product' AND f.slug = ANY(${products})
      UNION ALL SELECT 'category', c.id, c.version, c.slug, c.slug FROM categories c
      WHERE c.slug = ANY(${categories}) AND c.kind = 'category'
      UNION ALL SELECT 'category', c.id, c.version, f.slug, c.slug FROM former_slugs f
      JOIN categories c ON c.id = f.id
      WHERE f.kind = 'category' AND f.slug = ANY(${categories}) AND c.kind = 'category'`
    return new Map(rows.map((row) => [nameOf(row.kind, row.asked), { ...row, version: Number(row.version) }]))
  } catch (cause) {
    throw new FreshnessError('SOURCE_UNAVAILABLE', 'Postgres did not say whether there is such a page', {
      cause,
      retryable: true,
    })
  }
})

async function find(kind: Kind, slug: string): Promise<Row | undefined> {
  const name = nameOf(kind, slug)
  return (await lookUp([name])).get(name)
}

/** @returns the slug that a category has today; undefined when there is none that has or had this one */
export async function currentCategorySlug(slug: string): Promise<string | undefined> {
  return isSlug(slug) ? (await find('category', slug))?.slug : undefined
}

/**
 * Raises the index to what the redirect is made from: the relay may not have heard of a rename past the application yet, and
 * no cached page shows less to the same reader afterwards.
 */
async function movedTo({ kind, id, version }: Row, pathname: string, start: ReadStart): Promise<Place> {
  const madeFrom = [versioned(kind, id, version)]
  await publishShown(madeFrom, start)
  return { movedTo: pathname, madeFrom }
}

/** Products are never deleted, and one that was renamed is asked about when its render finds no page. */
const knownProducts = new LRUCache<string, true>({ max: 20_000 })

async function productAt(language: string, slug: string, gone: boolean): Promise<Place> {
  if (!gone && knownProducts.has(slug)) return 'page'
  const start = await readStart()
  const found = await find('product', slug)
  if (found?.slug === slug) {
    knownProducts.set(slug, true)
    return 'page'
  }
  knownProducts.delete(slug)
  return found ? movedTo(found, `/${language}/products/${found.slug}`, start) : 'missing'
}

/** The totals of each category at a version, which grows whenever a product joins or leaves it: counting visits all of its products. */
const totals = new LRUCache<string, Promise<number>>({ max: 2_000 })

function totalOf(slug: string, version: number): Promise<number> {
  const key = `${slug}@${version}`
  const known = totals.get(key)
  if (known) return known
  const total = readCategoryTotal(slug).then((found) => found?.total ?? 0)
  totals.set(key, total)
  total.catch(() => totals.delete(key))
  return total
}

async function categoryAt(language: string, slug: string, number: string | undefined): Promise<Place> {
  const page = number === undefined ? 1 : parsePage(number)
  const start = await readStart()
  const found = page === undefined ? undefined : await find('category', slug)
  if (!found || page === undefined) return 'missing'
  const path = `/${language}/categories/${found.slug}`
  // The first page has its address without a number, and only that one.
  if (page === 1) return found.slug === slug && number === undefined ? 'page' : movedTo(found, path, start)
  if (page > pageCount(await totalOf(found.slug, found.version), PRODUCTS_PER_PAGE)) return 'missing'
  if (found.slug !== slug) return movedTo(found, `${path}/${page}`, start)
  // The relay may not have heard of a write past the application yet: its page must not be made from an older total.
  await publishShown([versioned('category', found.id, found.version)], start)
  return 'page'
}

/**
 * @param route the page that the address belongs to, by Next's name for it, and the address
 * @param gone a page was here, and its render has just found none
 * @returns whether a page is there, or where it is now; an address of another spelling is missing
 * @throws {FreshnessError} SOURCE_UNAVAILABLE when Postgres does not answer
 */
export async function placeAt(
  { source, pathname }: { source: string; pathname: string },
  gone = false,
): Promise<Place> {
  if (!source.startsWith('/[locale]/')) return 'page'
  const [language, , slug = '', number = ''] = pathname.slice(1).split('/')
  if (!isLocale(language)) return 'missing'
  switch (source) {
    case '/[locale]/products/[slug]/page':
      return isSlug(slug) ? productAt(language, slug, gone) : 'missing'
    case '/[locale]/categories/[slug]/page':
      return isSlug(slug) ? categoryAt(language, slug, undefined) : 'missing'
    case '/[locale]/categories/[slug]/[page]/page':
      return isSlug(slug) ? categoryAt(language, slug, number) : 'missing'
    case '/[locale]/info/[policy]/page':
      return isPolicy(slug) ? 'page' : 'missing'
    case '/[locale]/[...rest]/page':
      return 'missing'
    default:
      return 'page'
  }
}
