import { getTranslations } from 'next-intl/server'
import { galleryOf } from '#lib/catalog/art/index.ts'
import { cachedNavigation } from '#lib/catalog/cached.ts'
import { deepestOf, nameIn, pathTo } from '#lib/catalog/categories.ts'
import { groupJsonLdHead, productJsonLdText, variantJsonLdText } from '#lib/catalog/jsonLd.ts'
import { previewPath } from '#lib/catalog/previewPaths.ts'
import { productIn, productName, textLanguage } from '#lib/catalog/productTexts.ts'
import { shownAvailability, shownDecimal, shownOffer, shownStock, shownTexts } from '#lib/catalog/slots.ts'
import type { Locale } from '#lib/platform/locales.ts'
import type { Product } from '#lib/catalog/rows.ts'
import { categoryPath, localized, productPath } from '../../_i18n/paths.ts'
import { messagesFor } from '../../_i18n/messages.ts'
import { absolute } from '../../_i18n/urls.ts'
import { NoScript } from '../../_ui/Notice.tsx'
import { AddToCart } from '../cart/AddToCart.tsx'
import { DeliveryTerms } from '../info/DeliveryTerms.tsx'
import { LivePrice } from '../prices/LivePrice.tsx'
import { Price } from '../prices/Price.tsx'
import { PriceMeta } from '../prices/PriceMeta.tsx'
import { WhileSold } from '../prices/WhileSold.tsx'
import { LiveStock } from '../stock/LiveStock.tsx'
import { Breadcrumbs } from './Breadcrumbs.tsx'
import { Gallery } from './Gallery.tsx'
import { GroupJsonLd, ProductJsonLd } from './LiveJsonLd.tsx'
import { IntentLink } from './IntentLink.tsx'
import page from './Page.module.css'
import { pictureOf } from './Picture.tsx'
import styles from './ProductDetails.module.css'
import { ProductGrid } from './ProductGrid.tsx'
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
  const gallery = galleryOf(product.image)
  const urlOf = ({ slug }: { slug: string }) => absolute(localized(locale, productPath(slug)))
  const url = urlOf(product)
  const { group } = row
  const others = group?.members.filter(({ id }) => id !== product.id) ?? []
  const [first] = others.length > 0 ? (group?.members ?? []) : []
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
        preview={absolute(previewPath(product.id, price.version, locale))}
        texts={{ amount: shownDecimal(price), availability: shownAvailability(price) }}
      />
      <ProductJsonLd
        price={price}
        text={productJsonLdText(
          { ...product, variation: variationOf(product, Colours, groupId) },
          url,
          gallery.map((picture) => absolute(picture.path)),
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
          <Gallery
            name={pictureOf(product.id)}
            label={t('pictures', { name: product.name })}
            pictures={gallery.map(({ view, path: src }, i) => {
              const seen = t(`views.${view}`)
              return {
                src,
                view: seen,
                alt: i === 0 ? product.name : t('pictureOf', { name: product.name, view: seen }),
              }
            })}
          />
        </div>
        <div className={styles.facts}>
          <p className={styles.brand}>{product.brand}</p>
          <h1 {...textLanguage(product.names, locale)}>{product.name}</h1>
          <div className={styles.price}>
            <Price product={product} locale={locale} size="page" />
            <WhileSold price={price}>
              <p className={styles.note}>
                {t('priceNote')} <span className="with-script">{t('priceLive')}</span>
              </p>
              <NoScript text={shop('noScript')} />
            </WhileSold>
          </div>
          <p>
            <LiveStock price={price} texts={stock} size="page" />
          </p>
          <Variants product={row} locale={locale} />
          <AddToCart price={price} stock={stock} discontinued={t('discontinuedTitle')}>
            <LivePrice price={price} texts={shownTexts(price, locale)} productName={product.name} />
          </AddToCart>
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
                    <IntentLink href={localized(locale, categoryPath(leaf.slug))}>
                      {nameIn(leaf.names, locale)}
                    </IntentLink>
                  </dd>
                </>
              ) : null}
              <dt>{t('sku')}</dt>
              <dd>{product.sku}</dd>
            </dl>
          </section>
          <DeliveryTerms locale={locale} />
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
