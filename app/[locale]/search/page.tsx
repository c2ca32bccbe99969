import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import type { ReactNode } from 'react'
import { cachedNavigation } from '#lib/catalog/cached.ts'
import { nameIn } from '#lib/catalog/categories.ts'
import { currentCategorySlug } from '#lib/catalog/existence.ts'
import { searchProducts } from '#lib/catalog/search/search.ts'
import { parseSearch, searchString, type SearchProblem } from '#lib/catalog/search/searchParams.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { alternates, localized, searchPath } from '../../_i18n/paths.ts'
import { messagesFor } from '../../_i18n/messages.ts'
import { storeLocale } from '../../_i18n/storeLocale.ts'
import { EmptyState } from '../../_store/catalog/EmptyState.tsx'
import page from '../../_store/catalog/Page.module.css'
import { Pagination } from '../../_store/catalog/Pagination.tsx'
import { ProductGrid } from '../../_store/catalog/ProductGrid.tsx'
import { PriceMeta } from '../../_store/prices/PriceMeta.tsx'
import { ChosenFilters } from '../../_store/search/ChosenFilters.tsx'
import { FacetGroups } from '../../_store/search/FacetGroups.tsx'
import { FilterDrawer } from '../../_store/search/FilterDrawer.tsx'
import { facetGroups } from '../../_store/search/facetGroups.ts'
import { TimeSliced } from '../../_store/search/TimeSliced.ts'
import { KeepQuery } from '../../_store/search/KeepQuery.tsx'
import { SearchFilters } from '../../_store/search/SearchFilters.tsx'
import styles from '../../_store/search/Search.module.css'
import { ButtonLink } from '../../_ui/Button.tsx'
import { wholePage } from '../../_store/wholePage.ts'
import { soldInGroup } from '../../_store/catalog/soldInGroup.ts'

// Rendered whole on each request: its prices and their versions stand in the head, which streaming would send too early.
export const instant = false

type Props = PageProps<'/[locale]/search'>

/** A turn of the thread for four cards: some two milliseconds. */
function FourAtATime({ children }: { children?: ReactNode }) {
  return <TimeSliced each={4}>{children}</TimeSliced>
}

export async function generateMetadata({ params, searchParams }: Props): Promise<Metadata> {
  const locale = storeLocale((await params).locale)
  const t = await getTranslations({ locale, namespace: 'Search' })
  const { text } = parseSearch(await searchParams).query
  return {
    title: text ? t('titleFor', { text }) : t('title'),
    robots: { index: false },
    alternates: alternates(locale, searchPath()),
  }
}

/** The search as it was meant: a category of another name leads to its name of today, one that does not exist is a problem. */
async function understood(searchParams: Props['searchParams'], locale: Locale) {
  const { query, problems } = parseSearch(await searchParams)
  const { categories } = await cachedNavigation()
  const { category } = query
  if (category === undefined || categories.some(({ slug }) => slug === category)) return { query, problems, categories }
  const today = await currentCategorySlug(category)
  if (today !== undefined && today !== category) redirect(localized(locale, searchPath({ ...query, category: today })))
  const unknown: SearchProblem = { field: 'category', code: 'unknownCategory', value: category.slice(0, 40) }
  return { query: { ...query, category: undefined }, problems: [...problems, unknown], categories }
}

export default wholePage(async function SearchPage({ params, searchParams }: Props) {
  const locale = storeLocale((await params).locale)
  const [t, category, { query, problems, categories }] = await Promise.all([
    getTranslations({ locale, namespace: 'Search' }),
    getTranslations({ locale, namespace: 'Category' }),
    understood(searchParams, locale),
  ])
  const chosen = categories.find(({ slug }) => slug === query.category)
  const { total, products, page: shownPage, pages, facets } = await searchProducts(query, locale, chosen?.id)
  const messages = await messagesFor(locale)
  const groups = facetGroups({ query, facets, categories, locale, messages })
  const title = query.text ? t('resultsFor', { text: query.text }) : chosen ? nameIn(chosen.names, locale) : t('all')
  if (shownPage !== query.page) problems.push({ field: 'page', code: 'noSuchPage', value: String(query.page) })
  return (
    <div className={page.width}>
      <KeepQuery text={query.text} />
      <PriceMeta prices={products.flatMap(soldInGroup)} />
      <header className={page.head}>
        <h1 className={styles.title}>{title}</h1>
        <p className={page.quiet}>
          {category('count', { count: total })}
          {pages > 1 ? ` · ${category('pageOf', { page: shownPage, pages })}` : null}
        </p>
      </header>
      <div className={styles.columns}>
        <FilterDrawer label={messages.Search.filters} isOpen={problems.length > 0} list={searchString(query)}>
          <TimeSliced each={1}>
            <SearchFilters
              query={query}
              problems={problems}
              categories={categories}
              locale={locale}
              shownPage={shownPage}
            />
            <FacetGroups groups={groups} more={messages.Search.more} />
          </TimeSliced>
        </FilterDrawer>
        <div>
          <ChosenFilters groups={groups} labels={messages.Search} />
          {products.length === 0 ? (
            <EmptyState title={t('emptyTitle')} text={t('emptyText')}>
              <ButtonLink href={localized(locale, searchPath())}>{t('reset')}</ButtonLink>
            </EmptyState>
          ) : (
            <ProductGrid products={products} locale={locale} headingLevel={2} first within={FourAtATime} />
          )}
          <Pagination
            page={shownPage}
            pages={pages}
            locale={locale}
            hrefOf={(n) => localized(locale, searchPath({ ...query, page: n }))}
          />
        </div>
      </div>
    </div>
  )
})
