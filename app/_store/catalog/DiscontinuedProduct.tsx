import { getTranslations } from 'next-intl/server'
import { cachedCategoryBest, cachedNavigation } from '#lib/catalog/cached.ts'
import { deepestOf, nameIn, pathTo } from '#lib/catalog/categories.ts'
import { productIn, textLanguage } from '#lib/catalog/productTexts.ts'
import type { Locale } from '#lib/platform/locales.ts'
import type { Product } from '#lib/catalog/rows.ts'
import { categoryPath, localized, searchPath } from '../../_i18n/paths.ts'
import { ButtonLink } from '../../_ui/Button.tsx'
import { Badge } from '../../_ui/Notice.tsx'
import { PriceMeta } from '../prices/PriceMeta.tsx'
import { Breadcrumbs } from './Breadcrumbs.tsx'
import page from './Page.module.css'
import { Picture } from './Picture.tsx'
import { ProductGrid } from './ProductGrid.tsx'
import { SoldAgain } from './SoldAgain.tsx'
import { soldInGroup } from './soldInGroup.ts'
import { SoldVariants } from './Variants.tsx'
import styles from './DiscontinuedProduct.module.css'

const ALTERNATIVES = 8

/** The page of a product that is no longer sold, answered with 410: what it was, and what there is instead. */
export async function DiscontinuedProduct({ product: row, locale }: { product: Product; locale: Locale }) {
  const product = productIn(row, locale)
  const [t, shop, category, { categories }] = await Promise.all([
    getTranslations({ locale, namespace: 'Product' }),
    getTranslations({ locale, namespace: 'Shop' }),
    getTranslations({ locale, namespace: 'Category' }),
    cachedNavigation(),
  ])
  const leaf = deepestOf(categories, product.categories)
  const path = leaf ? pathTo(categories, leaf.id) : []
  const best = leaf && (await cachedCategoryBest(leaf.slug, ALTERNATIVES))
  const alternatives = best?.products ?? []
  return (
    <div className={page.width}>
      <SoldAgain price={product.price} name={product.name} />
      <PriceMeta prices={alternatives.flatMap(soldInGroup)} />
      <Breadcrumbs
        label={t('breadcrumbs')}
        crumbs={[
          { name: shop('home'), path: localized(locale, '') },
          ...path.map(({ names, slug }) => ({
            name: nameIn(names, locale),
            path: localized(locale, categoryPath(slug)),
          })),
          { name: product.name },
        ]}
      />
      <article className={styles.product}>
        <div className={styles.picture}>
          <Picture src={product.image} alt={product.name} eager />
        </div>
        <div className={styles.facts}>
          <p className={styles.brand}>{product.brand}</p>
          <h1 {...textLanguage(product.names, locale)}>{product.name}</h1>
          <p>
            <Badge tone="warning">{t('discontinued')}</Badge>
          </p>
          <div className={styles.text}>
            <p>
              <strong>{t('discontinuedTitle')}</strong>
            </p>
            {alternatives.length > 0 ? <p>{t('discontinuedText')}</p> : null}
          </div>
          <SoldVariants product={row} locale={locale} />
          <div className={styles.actions}>
            {leaf ? (
              <ButtonLink href={localized(locale, categoryPath(leaf.slug))}>
                {category('parent', { name: nameIn(leaf.names, locale) })}
              </ButtonLink>
            ) : null}
            <ButtonLink href={localized(locale, searchPath())} variant="secondary">
              {shop('search')}
            </ButtonLink>
          </div>
        </div>
      </article>
      {alternatives.length === 0 ? null : (
        <section aria-labelledby="alternatives" className={page.section}>
          <div className={page.sectionHead}>
            <h2 id="alternatives">{t('alternatives')}</h2>
          </div>
          <ProductGrid products={alternatives} locale={locale} headingLevel={3} />
        </section>
      )}
    </div>
  )
}
