import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { cachedCategoryPage, cachedNavigation } from '#lib/catalog/cached.ts'
import { childrenOf, nameIn, pathTo } from '#lib/catalog/categories.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { pageCount, PRODUCTS_PER_PAGE } from '#lib/catalog/pagination.ts'
import { sharedLink } from '../../_i18n/openGraph.ts'
import { alternates, categoryPath, localized } from '../../_i18n/paths.ts'
import { messagesFor } from '../../_i18n/messages.ts'
import { PriceMeta } from '../prices/PriceMeta.tsx'
import { CategoryFacets } from '../search/CategoryFacets.tsx'
import { Breadcrumbs } from './Breadcrumbs.tsx'
import { EmptyState } from './EmptyState.tsx'
import { IntentLink } from './IntentLink.tsx'
import styles from './Page.module.css'
import { Pagination } from './Pagination.tsx'
import { ProductGrid } from './ProductGrid.tsx'
import { soldInGroup } from './soldInGroup.ts'

interface ListingAddress {
  locale: Locale
  slug: string
  page: number
}

/** A page of a category that exists. An empty category has its first page. */
async function listing({ slug, page }: ListingAddress) {
  const list = await cachedCategoryPage(slug, page)
  if (!list || page > pageCount(list.total, PRODUCTS_PER_PAGE)) notFound()
  return { ...list, pages: pageCount(list.total, PRODUCTS_PER_PAGE) }
}

export async function listingMetadata(address: ListingAddress): Promise<Metadata> {
  const { locale, slug, page } = address
  const { category, total } = await listing(address)
  const t = await getTranslations({ locale, namespace: 'Category' })
  const shop = await getTranslations({ locale, namespace: 'Shop' })
  const name = nameIn(category.names, locale)
  const description = t('description', { name, count: total })
  return {
    title: page === 1 ? name : `${name}, ${t('page', { page })}`,
    description,
    alternates: alternates(locale, categoryPath(slug, page)),
    ...sharedLink(locale, {
      siteName: shop('name'),
      title: name,
      description,
      path: categoryPath(slug, page),
      shows: category,
    }),
  }
}

export async function CategoryListing(address: ListingAddress) {
  const { locale, slug, page } = address
  const [{ category, total, products, pages }, { categories }, t, shop] = await Promise.all([
    listing(address),
    cachedNavigation(),
    getTranslations({ locale, namespace: 'Category' }),
    getTranslations({ locale, namespace: 'Shop' }),
  ])
  const product = await getTranslations({ locale, namespace: 'Product' })
  const { Search: messages } = await messagesFor(locale)
  const name = nameIn(category.names, locale)
  const above = pathTo(categories, category.id).slice(0, -1)
  const parent = above.at(-1)
  const children = childrenOf(categories, category.id)
  return (
    <div className={styles.width}>
      <PriceMeta prices={products.flatMap(soldInGroup)} />
      <Breadcrumbs
        label={product('breadcrumbs')}
        crumbs={[
          { name: shop('home'), path: localized(locale, '') },
          ...above.map(({ names, slug }) => ({
            name: nameIn(names, locale),
            path: localized(locale, categoryPath(slug)),
          })),
          { name },
        ]}
      />
      <header className={styles.head}>
        <h1>{name}</h1>
        <p className={styles.quiet}>
          {t('count', { count: total })}
          {pages > 1 ? ` · ${t('pageOf', { page, pages })}` : null}
        </p>
        {parent || children.length > 0 ? (
          <nav aria-label={t('subcategories')} className={styles.chips}>
            {parent ? (
              <IntentLink href={localized(locale, categoryPath(parent.slug))}>
                {t('parent', { name: nameIn(parent.names, locale) })}
              </IntentLink>
            ) : null}
            {children.map((child) => (
              <IntentLink key={child.id} href={localized(locale, categoryPath(child.slug))}>
                {nameIn(child.names, locale)}
              </IntentLink>
            ))}
          </nav>
        ) : null}
      </header>
      <CategoryFacets category={slug} labels={{ title: messages.filterAndSort, more: messages.more }} />
      {products.length === 0 ? (
        <EmptyState title={t('emptyTitle')} text={t('emptyText')} />
      ) : (
        <ProductGrid products={products} locale={locale} headingLevel={2} first />
      )}
      <Pagination page={page} pages={pages} locale={locale} hrefOf={(n) => localized(locale, categoryPath(slug, n))} />
    </div>
  )
}
