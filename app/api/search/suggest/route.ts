import { suggest } from '#lib/catalog/search/suggest.ts'
import { DEFAULT_LOCALE, isLocale } from '#lib/platform/locales.ts'
import { localized, productPath, searchPath } from '../../../_i18n/paths.ts'
import { parseSearch } from '#lib/catalog/search/searchParams.ts'

const HEADERS = { 'Cache-Control': 'no-store' }

/** `GET /api/search/suggest?q=oa&locale=en`: what the search box offers, as links in their order. */
export async function GET(request: Request): Promise<Response> {
  const params = new URL(request.url).searchParams
  const asked = params.get('locale') ?? undefined
  const locale = isLocale(asked) ? asked : DEFAULT_LOCALE
  const { query } = parseSearch({ q: params.get('q') ?? '' })
  const { categories, products, total } = await suggest(query.text, locale)
  const numbers = new Intl.NumberFormat(locale)
  const within = categories.map(({ slug, name, count }) => ({
    kind: 'category',
    label: name,
    detail: numbers.format(count),
    href: localized(locale, searchPath({ ...query, category: slug })),
  }))
  const found = products.map(({ slug, name }) => ({
    kind: 'product',
    label: name,
    href: localized(locale, productPath(slug)),
  }))
  return Response.json({ items: [...within, ...found], total: numbers.format(total) }, { headers: HEADERS })
}
