import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { cachedCategoryTiles, cachedCollection } from '#lib/catalog/cached.ts'
import { FEATURED } from '#lib/catalog/previewPaths.ts'
import { sharedLink } from '../_i18n/openGraph.ts'
import { alternates, searchPath, localized } from '../_i18n/paths.ts'
import { storeLocale } from '../_i18n/storeLocale.ts'
import { EmptyState } from '../_store/catalog/EmptyState.tsx'
import page from '../_store/catalog/Page.module.css'
import { ProductGrid } from '../_store/catalog/ProductGrid.tsx'
import { PriceMeta } from '../_store/prices/PriceMeta.tsx'
import { ButtonLink } from '../_ui/Button.tsx'
import { soldInGroup } from '../_store/catalog/soldInGroup.ts'
import { CategoryTiles } from '../_store/catalog/CategoryTiles.tsx'
import { Hero } from '../_store/catalog/Hero.tsx'

export const ensureStatic = 'navigation'

const FEATURED_SIZE = 12

export async function generateMetadata({ params }: PageProps<'/[locale]'>): Promise<Metadata> {
  const locale = storeLocale((await params).locale)
  const [t, featured] = await Promise.all([
    getTranslations({ locale, namespace: 'Shop' }),
    cachedCollection(FEATURED, FEATURED_SIZE),
  ])
  const [title, description] = [t('title'), t('description')]
  return {
    title: { absolute: title },
    description,
    alternates: alternates(locale, ''),
    ...sharedLink(locale, { siteName: t('name'), title, description, path: '', shows: featured?.category }),
  }
}

export default async function HomePage({ params }: PageProps<'/[locale]'>) {
  const locale = storeLocale((await params).locale)
  const [t, featured, tiles] = await Promise.all([
    getTranslations({ locale, namespace: 'Home' }),
    cachedCollection(FEATURED, FEATURED_SIZE),
    cachedCategoryTiles(),
  ])
  const products = featured?.products ?? []
  return (
    <>
      <PriceMeta prices={products.flatMap(soldInGroup)} />
      <Hero locale={locale} hasProducts={products.length > 0} />
      <div className={page.width}>
        {products.length === 0 && tiles.length === 0 ? (
          <EmptyState title={t('emptyTitle')} text={t('emptyText')}>
            <ButtonLink href={localized(locale, searchPath())}>{t('heroSearch')}</ButtonLink>
          </EmptyState>
        ) : null}
        {products.length === 0 ? null : (
          <section id="featured" aria-labelledby="featured-title" className={page.section}>
            <div className={page.sectionHead}>
              <h2 id="featured-title">{t('featured')}</h2>
              <p className={page.quiet}>{t('featuredText')}</p>
            </div>
            <ProductGrid products={products} locale={locale} headingLevel={3} />
          </section>
        )}
        {tiles.length === 0 ? null : (
          <section aria-labelledby="categories-title" className={page.section}>
            <div className={page.sectionHead}>
              <h2 id="categories-title">{t('categories')}</h2>
            </div>
            <CategoryTiles tiles={tiles} locale={locale} />
          </section>
        )}
      </div>
    </>
  )
}
