import Link from 'next/link'
import type { PricedProduct } from '#lib/pricing/pricedProducts.ts'
import { Badge } from '../../_ui/Notice.tsx'
import { Money } from './Amounts.tsx'
import { Picture } from './Picture.tsx'
import styles from './ProductTable.module.css'
import { TableFrame } from './TableFrame.tsx'
import table from './table.module.css'
import { When } from './When.tsx'

/** Products with their prices as the rows say now. */
export function ProductTable({ products }: { products: readonly PricedProduct[] }) {
  return (
    <TableFrame>
      <table className={`${table.table} ${styles.products}`}>
        <thead>
          <tr>
            <th scope="col">Product</th>
            <th scope="col">Category</th>
            <th scope="col">Price</th>
            <th scope="col">Stock</th>
            <th scope="col">Version</th>
            <th scope="col">Last changed</th>
          </tr>
        </thead>
        <tbody>
          {products.map((product) => (
            <tr key={product.id} className={styles.row}>
              <th scope="row" className={table.wide}>
                <span className={styles.product}>
                  <Picture image={product.image} size={44} />
                  <span>
                    <Link href={`/admin/products/${product.id}`} className={`${table.main} ${styles.link}`}>
                      {product.name}
                    </Link>
                    <span className={table.sub}>
                      <span className="mono">{product.sku}</span> · {product.brand}{' '}
                      {product.discontinued ? <Badge tone="warning">Discontinued</Badge> : null}
                    </span>
                  </span>
                </span>
              </th>
              <td data-label="Category" className={styles.category}>
                {product.category ?? '–'}
              </td>
              <td data-label="Price" className={table.number}>
                <span>
                  <strong>
                    <Money amountMinor={product.amountMinor} />
                  </strong>{' '}
                  {product.compareAtMinor === null ? null : (
                    <s className="muted">
                      <span className="visually-hidden">compare-at </span>
                      <Money amountMinor={product.compareAtMinor} />
                    </s>
                  )}
                </span>
              </td>
              <td data-label="Stock" className={table.number}>
                <span>
                  {product.stock.quantity === 0 ? <Badge tone="warning">Sold out</Badge> : product.stock.quantity}
                </span>
              </td>
              <td data-label="Version">
                <span>{product.version}</span>
              </td>
              <td data-label="Changed" className={table.number}>
                <When at={product.versionUpdatedAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}
