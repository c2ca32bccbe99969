import Link from 'next/link'
import { getTranslations } from 'next-intl/server'
import { cachedNavigation } from '#lib/catalog/cached.ts'
import { deepestOf, nameIn, pathTo } from '#lib/catalog/categories.ts'
import { groupJsonLdHead, productJsonLdText, variantJsonLdText } from '#lib/catalog/jsonLd.ts'
import { productIn, productName, textLanguage } from '#lib/catalog/productTexts.ts'
import { shownAvailability, shownDecimal, shownOffer, shownStock } from '#lib/catalog/slots.ts'
import type { Locale } from '#lib/platform/locales.ts'
import type { Product } from '#lib/catalog/rows.ts'
import { categoryPath, localized, previewPath, productPath } from '../../_i18n/paths.ts'
import { messagesFor } from '../../_i18n/messages.ts'
import { absolute } from '../../_i18n/urls.ts'
import { AddToCart } from '../cart/AddToCart.tsx'
import { Price } from '../prices/Price.tsx'
import { PriceMeta } from '../prices/PriceMeta.tsx'
import { WhileSold } from '../prices/WhileSold.tsx'
import { LiveStock } from '../stock/LiveStock.tsx'
import { Breadcrumbs } from './Breadcrumbs.tsx'
import { GroupJsonLd } from './GroupJsonLd.tsx'
import page from './Page.module.css'
import { Picture } from './Picture.tsx'
import styles from './ProductDetails.module.css'
import { ProductGrid } from './ProductGrid.tsx'
import { ProductJsonLd } from './ProductJsonLd.tsx'
import { ProductOpenGraph } from './ProductOpenGraph.tsx'
import { soldInGroup } from './soldInGroup.ts'
import { optionValues, variationOf } from './variants.ts'
import { Variants } from './Variants.tsx'

/** The page of a product that can be bought. */
export async function ProductDetails({ product: row, locale }: { product: Product; locale: Locale }) {
  const product = productIn(row, locale)
  const { Colours } = await messagesFor(locale)
  const [t, shop, { categories }] = await Promise.all([
    getTranslations({ locale, namespace: 'Product' }),
    getTranslations({ locale, namespace: 'Shop' }),
    cachedNavigation(),
  ])
  const { price } = product
  const urlOf = ({ slug }: { slug: string }) => absolute(localized(locale, productPath(slug)))
  const url = urlOf(product)
  const { group } = row
  const others = group?.members.filter(({ id, price: { status } }) => id !== product.id && status === 'active') ?? []
  const [first] = group?.members ?? []
  const groupId = first && `${urlOf(first)}#group`
  const variesBy = [
    ...(optionValues(row, 'colour').length > 0 ? ['color'] : []),
    ...(optionValues(row, 'size').length > 0 ? ['size'] : []),
  ]
  const stock = shownStock(price, locale)
  const related = product.related.filter(({ status }) => status === 'active')
  const leaf = deepestOf(categories, product.categories)
  const path = leaf ? pathTo(categories, leaf.id) : []
  return (
    <div className={page.width}>
      <PriceMeta prices={[price, ...others.map((variant) => variant.price), ...related.flatMap(soldInGroup)]} />
      <ProductOpenGraph
        product={{ name: product.name, brand: product.brand }}
        price={price}
        preview={absolute(previewPath(product.id, price.version))}
        texts={{ amount: shownDecimal(price), availability: shownAvailability(price) }}
      />
      <ProductJsonLd
        price={price}
        text={productJsonLdText(
          { ...product, variation: variationOf(product, Colours, groupId) },
          url,
          absolute(product.image),
          shownOffer(price, product.priceValidUntil),
        )}
      />
      {group && groupId !== undefined ? (
        <GroupJsonLd
          head={groupJsonLdHead(
            { ...group, name: productName(group, locale), brand: product.brand, variesBy },
            groupId,
            url,
          )}
          texts={others.map((variant) =>
            variantJsonLdText(
              {
                ...variant,
                name: productName(variant, locale),
                url: urlOf(variant),
                imageUrl: absolute(variant.image),
                variation: variationOf(variant, Colours),
              },
              shownOffer(variant.price, variant.priceValidUntil),
            ),
          )}
          prices={others.map((variant) => variant.price)}
        />
      ) : null}
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
          <div className={styles.price}>
            <Price product={product} locale={locale} size="page" />
            <WhileSold price={price}>
              <p className={styles.note}>{t('priceNote')}</p>
            </WhileSold>
          </div>
          <p>
            <LiveStock price={price} texts={stock} size="page" />
          </p>
          <Variants product={row} locale={locale} />
          <AddToCart price={price} stock={stock} discontinued={t('discontinuedTitle')} />
          <section aria-labelledby="description" className={styles.description}>
            <h2 id="description">{t('description')}</h2>
            <p {...textLanguage(product.descriptions, locale)}>{product.description}</p>
          </section>
          <section aria-labelledby="details">
            <h2 id="details">{t('details')}</h2>
            <dl className={styles.details}>
              <dt>{t('brand')}</dt>
              <dd>{product.brand}</dd>
              {leaf ? (
                <>
                  <dt>{t('category')}</dt>
                  <dd>
                    <Link href={localized(locale, categoryPath(leaf.slug))}>{nameIn(leaf.names, locale)}</Link>
                  </dd>
                </>
              ) : null}
              <dt>{t('sku')}</dt>
              <dd>{product.sku}</dd>
            </dl>
          </section>
        </div>
      </article>
      {related.length === 0 ? null : (
        <section aria-labelledby="related" className={page.section}>
          <div className={page.sectionHead}>
            <h2 id="related">{t('related')}</h2>
          </div>
          <ProductGrid products={related} locale={locale} headingLevel={3} dense />
        </section>
      )}
    </div>
  )
}
