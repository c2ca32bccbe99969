import { Fragment, type ReactNode, ViewTransition } from 'react'
import type { Locale } from '#lib/platform/locales.ts'
import type { ListedCard } from '#lib/catalog/rows.ts'
import { productName, textLanguage } from '#lib/catalog/productTexts.ts'
import { localized, productPath } from '../../_i18n/paths.ts'
import { classNames } from '../../_ui/classNames.ts'
import { CardPrice } from './CardPrice.tsx'
import { IntentLink } from './IntentLink.tsx'
import { Picture, pictureOf } from './Picture.tsx'
import styles from './ProductGrid.module.css'
import { coloursOf } from './soldInGroup.ts'
import { CardColours } from './Variants.tsx'

interface ProductGridProps {
  products: readonly ListedCard[]
  locale: Locale
  /** The level of the headings above the grid, plus one. */
  headingLevel: 2 | 3
  /** Whether the grid stands at the top of its page: its first pictures are then loaded at once. */
  first?: boolean
  /** Smaller cards, for products beside the point. */
  dense?: boolean
  /** The element around the cards. A page that is made for one request renders a few at a time. */
  within?: (props: { children?: ReactNode }) => ReactNode
}

const SEEN_AT_ONCE = 4

export function ProductGrid({
  products,
  locale,
  headingLevel,
  first = false,
  dense = false,
  within: Within = Fragment,
}: ProductGridProps) {
  const Heading = headingLevel === 2 ? 'h2' : 'h3'
  return (
    <ul className={classNames(styles.grid, dense && styles.dense)}>
      <Within>
        {products.map((product, i) => (
          <li key={product.id}>
            <article className={styles.card}>
              <ViewTransition name={pictureOf(product.id)} share="picture" default="none">
                <div className={styles.picture}>
                  <Picture src={product.image} alt="" eager={first && i < SEEN_AT_ONCE} />
                </div>
              </ViewTransition>
              <p className={styles.brand}>{product.brand}</p>
              <Heading className={styles.name} {...textLanguage(product.names, locale)}>
                <IntentLink href={localized(locale, productPath(product.slug))}>
                  {productName(product, locale)}
                </IntentLink>
              </Heading>
              <CardColours colours={coloursOf(product)} locale={locale} />
              <CardPrice product={product} locale={locale} />
            </article>
          </li>
        ))}
      </Within>
    </ul>
  )
}
