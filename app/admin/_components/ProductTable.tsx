import Image from 'next/image'
import Link from 'next/link'
import type { PricedProduct } from '#lib/pricing/pricedProducts.ts'
import { Badge } from '../../_ui/Notice.tsx'
import { Stack } from './Layout.tsx'
import styles from './product.module.css'
import { Money, When } from './Values.tsx'
import { type Column, DataTable, Main, RowLink, Sub } from './DataTable.tsx'

/** A product's picture: an SVG at an immutable address, so there is nothing to resize or to optimise. */
function Picture({ image, size }: { image: string; size: number }) {
  return <Image src={image} alt="" width={size} height={size} unoptimized className={styles.picture} />
}

/** Names a product, and links to its page in the shop. */
export function ProductHeading({ product, level = 1 }: { product: PricedProduct; level?: 1 | 2 }) {
  const Name = level === 1 ? 'h1' : 'h2'
  return (
    <div className={styles.product}>
      <Picture image={product.image} size={88} />
      <Stack gap={1}>
        <Name className={styles.name}>{product.name}</Name>
        <p className={styles.about}>
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
      </Stack>
    </div>
  )
}

function Name({ product: { id, image, name, sku, brand, discontinued } }: { product: PricedProduct }) {
  return (
    <span className={styles.product}>
      <Picture image={image} size={44} />
      <span>
        <Main>
          <RowLink>
            <Link href={`/admin/products/${id}`}>{name}</Link>
          </RowLink>
        </Main>
        <Sub>
          <span className="mono">{sku}</span> · {brand}{' '}
          {discontinued ? <Badge tone="warning">Discontinued</Badge> : null}
        </Sub>
      </span>
    </span>
  )
}

function Price({
  product: { amountMinor, compareAtMinor, baseAmountMinor, currency, sale },
}: {
  product: PricedProduct
}) {
  return (
    <span>
      <strong>
        <Money amountMinor={amountMinor} currency={currency} />
      </strong>{' '}
      {compareAtMinor === null ? null : (
        <s className="muted">
          <span className="visually-hidden">compare-at </span>
          <Money amountMinor={compareAtMinor} currency={currency} />
        </s>
      )}
      {sale ? (
        <Sub>
          Sale; base price <Money amountMinor={baseAmountMinor} currency={currency} />
        </Sub>
      ) : null}
    </span>
  )
}

const COLUMNS: readonly Column<PricedProduct>[] = [
  { header: 'Product', cell: (product) => <Name product={product} /> },
  { header: 'Category', phone: 'hidden', cell: ({ category }) => category ?? '–' },
  { header: 'Price', kind: 'short', phone: 'bare', cell: (product) => <Price product={product} /> },
  {
    header: 'Stock',
    kind: 'short',
    cell: ({ stock: { quantity } }) => (quantity === 0 ? <Badge tone="warning">Sold out</Badge> : quantity),
  },
  { header: 'Version', cell: ({ version }) => version },
  {
    header: 'Last changed',
    kind: 'short',
    phone: 'bare',
    cell: ({ versionUpdatedAt }) => <When at={versionUpdatedAt} />,
  },
]

/** Products with their prices as the rows say now. */
export function ProductTable({ products }: { products: readonly PricedProduct[] }) {
  return <DataTable label="Products" columns={COLUMNS} rows={products} rowKey={({ id }) => id} compact />
}
