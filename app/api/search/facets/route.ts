import { readNavigation } from '#lib/catalog/queries.ts'
import { findFacets } from '#lib/catalog/search/search.ts'
import { parseSearch, type RawSearchParams } from '#lib/catalog/search/searchParams.ts'
import { DEFAULT_LOCALE, isLocale } from '#lib/platform/locales.ts'
import { messagesFor } from '../../../_i18n/messages.ts'
import { facetGroups, sortGroup } from '../../../_store/search/facetGroups.ts'

const HEADERS = { 'Cache-Control': 'no-store' }

/**
 * `GET /api/search/facets?category=lamps&locale=en`: what a list can be narrowed to and sorted by, as links with counts. A category
 * page is kept, and these counts follow each price and stock: the page asks for them.
 */
export async function GET(request: Request): Promise<Response> {
  const params = new URL(request.url).searchParams
  const asked = params.get('locale') ?? undefined
  const locale = isLocale(asked) ? asked : DEFAULT_LOCALE
  const raw: RawSearchParams = Object.fromEntries([...params.keys()].map((key) => [key, params.getAll(key)]))
  const { query } = parseSearch(raw)
  const [{ categories }, messages] = await Promise.all([readNavigation(), messagesFor(locale)])
  const category = categories.find(({ slug }) => slug === query.category)
  if (query.category !== undefined && !category)
    return Response.json({ error: 'there is no such category', field: 'category' }, { status: 404, headers: HEADERS })
  const facets = await findFacets(query, locale, category?.id)
  const groups = facetGroups({ query, facets, categories, locale, messages })
  return Response.json({ groups: [sortGroup(query, locale, messages.Search), ...groups] }, { headers: HEADERS })
}
