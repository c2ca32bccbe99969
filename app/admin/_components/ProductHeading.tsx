import type { PricedProduct } from '#lib/pricing/pricedProducts.ts'
import { Badge } from '../../_ui/Notice.tsx'
import { Picture } from './Picture.tsx'
import styles from './ProductHeading.module.css'

/** The name of the product, and the way to its page in the shop. */
export function ProductHeading({ product, level = 1 }: { product: PricedProduct; level?: 1 | 2 }) {
  const Name = level === 1 ? 'h1' : 'h2'
  return (
    <div className={styles.heading}>
      <Picture image={product.image} size={88} />
      <div className={styles.words}>
        <Name className={styles.name}>{product.name}</Name>
        <p className={styles.facts}>
          <span className="mono">{product.sku}</span>
          <span>{product.brand}</span>
          {product.category ? <span>{product.category}</span> : null}
          <span>Id {product.id}</span>
          {product.discontinued ? <Badge tone="warning">Discontinued</Badge> : null}
        </p>
        <p>
          {/* The shop has a root layout of its own, so this is a load of a document, not a navigation. */}
          <a href={`/en/products/${product.slug}`} target="_blank" rel="noreferrer">
            See it in the shop<span className="visually-hidden"> (opens in a new tab)</span> ↗
          </a>
        </p>
      </div>
    </div>
  )
}
