/**
 * Whether there is a page at an address: asked before anything is rendered for it. Nothing remembers that a page does not
 * exist, so what is created is found by the first request after its commit; the question costs one indexed look-up
 * for all the requests that wait.
 */
import { LRUCache } from 'lru-cache'
import { serialBatch } from '#lib/coherence/index.ts'
import { publishShown } from './coherence.ts'
import { FreshnessError } from '#lib/coherence/index.ts'
import { versioned } from './resources.ts'
import { db } from '#lib/platform/db.ts'
import { DEFAULT_LOCALE, isLocale } from '#lib/platform/locales.ts'
import { pageCount, parsePage, PRODUCTS_PER_PAGE } from './pagination.ts'
import { readCategoryTotal } from './queries.ts'

/** Below each language: the page that is shown where there is none. */
export const MISSING_PAGE = 'not-found'

/** The address of the page that stands for all those of its language that do not exist. */
export function missingPageOf(pathname: string): string {
  const language = pathname.split('/')[1]
  return `/${isLocale(language) ? language : DEFAULT_LOCALE}/${MISSING_PAGE}`
}

/** As the database demands it of a slug. */
const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/
const LONGEST_SLUG = 200

interface Found {
  readonly products: ReadonlySet<string>
  readonly categories: ReadonlyMap<string, { readonly id: number; readonly version: number }>
}

const PRODUCT = 'product '
const CATEGORY = 'category '

/** Never answered from a look-up that began before the question: what was committed before it is seen. */
const lookUp = serialBatch(async (names: string[]): Promise<Found> => {
  const slugs = (kind: string) => names.filter((name) => name.startsWith(kind)).map((name) => name.slice(kind.length))
  try {
    const rows = await db().$queryRaw<{ kind: 'product' | 'category'; id: number; slug: string; version: bigint }[]>`
      SELECT 'product' AS kind, p.id, p.slug, p.version FROM products p JOIN prices pr ON pr.product_id = p.id
      WHERE p.slug = ANY(${slugs(PRODUCT)})
      UNION ALL SELECT 'category', id, slug, version FROM categories WHERE slug = ANY(${slugs(CATEGORY)}) AND kind = 'category'`
    const of = (kind: string) => rows.filter((row) => row.kind === kind)
    return {
      products: new Set(of('product').map(({ slug }) => slug)),
      categories: new Map(of('category').map(({ id, slug, version }) => [slug, { id, version: Number(version) }])),
    }
  } catch (cause) {
    throw new FreshnessError('SOURCE_UNAVAILABLE', 'Postgres did not say whether there is such a page', {
      cause,
      retryable: true,
    })
  }
})

/** Products are never deleted. One that was renamed costs a render, which finds that it is gone. */
const knownProducts = new LRUCache<string, true>({ max: 20_000 })

async function productExists(slug: string): Promise<boolean> {
  if (knownProducts.has(slug)) return true
  const exists = (await lookUp([PRODUCT + slug])).products.has(slug)
  if (exists) knownProducts.set(slug, true)
  return exists
}

/** Of a category at a version, which grows whenever a product joins or leaves it: counting visits all of its products. */
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

async function categoryHasPage(slug: string, page: number): Promise<boolean> {
  const category = (await lookUp([CATEGORY + slug])).categories.get(slug)
  if (!category) return false
  if (page === 1) return true
  const exists = page <= pageCount(await totalOf(slug, category.version), PRODUCTS_PER_PAGE)
  // The relay may not have heard of a write past the application yet: its page must not be made from an older total.
  if (exists) await publishShown([versioned('category', category.id, category.version)])
  return exists
}

/**
 * @param route the page that the address belongs to, by Next's name for it, and the address
 * @throws {FreshnessError} SOURCE_UNAVAILABLE when Postgres does not answer
 */
export async function pageExists({ source, pathname }: { source: string; pathname: string }): Promise<boolean> {
  if (!source.startsWith('/[locale]/')) return true
  const [language, , slug = '', number = ''] = pathname.slice(1).split('/')
  if (!isLocale(language)) return false
  const isSlug = slug.length <= LONGEST_SLUG && SLUG.test(slug)
  switch (source) {
    case '/[locale]/products/[slug]/page':
      return isSlug && productExists(slug)
    case '/[locale]/categories/[slug]/page':
      return isSlug && categoryHasPage(slug, 1)
    case '/[locale]/categories/[slug]/[page]/page': {
      const page = parsePage(number)
      // The first page has its address without a number.
      return isSlug && page !== undefined && page > 1 && categoryHasPage(slug, page)
    }
    case '/[locale]/[...rest]/page':
      return false
    default:
      return true
  }
}
