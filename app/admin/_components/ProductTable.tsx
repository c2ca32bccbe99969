import Link from 'next/link'
import type { PricedProduct } from '#lib/pricing/pricedProducts.ts'
import { Badge } from '../../_ui/Notice.tsx'
import { Money } from './Amounts.tsx'
import { type Column, DataTable, Main, RowLink, Sub } from './DataTable.tsx'
import { Picture } from './Picture.tsx'
import styles from './ProductTable.module.css'
import { When } from './When.tsx'

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

function Price({ product: { amountMinor, compareAtMinor, baseAmountMinor, sale } }: { product: PricedProduct }) {
  return (
    <span>
      <strong>
        <Money amountMinor={amountMinor} />
      </strong>{' '}
      {compareAtMinor === null ? null : (
        <s className="muted">
          <span className="visually-hidden">compare-at </span>
          <Money amountMinor={compareAtMinor} />
        </s>
      )}
      {sale ? (
        <Sub>
          Sale; base price <Money amountMinor={baseAmountMinor} />
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
