'use client'

import { Notice } from '../../_ui/Notice.tsx'
import { useStore } from '../StoreContext.tsx'
import { CartRow } from './CartRow.tsx'
import type { useCartRows } from './useCartRows.ts'
import styles from './Cart.module.css'

type CartRows = ReturnType<typeof useCartRows>

export function CartList({ rows, prices, change }: Pick<CartRows, 'rows' | 'prices' | 'change'>) {
  return (
    <div className={styles.list}>
      <ul className={styles.rows}>
        {rows.map(({ row, quantity }) => (
          <CartRow
            key={row.productId}
            row={row}
            price={prices.get(row.productId)}
            quantity={quantity}
            onChange={change}
          />
        ))}
      </ul>
    </div>
  )
}

/** The total of the cart, and whether the shop refused its last change. */
export function CartSums({ sums, hasFailed }: Pick<CartRows, 'sums' | 'hasFailed'>) {
  const { labels } = useStore()
  return (
    <>
      {hasFailed ? (
        <Notice tone="danger" role="alert">
          <p>{labels.cartFailed}</p>
        </Notice>
      ) : null}
      {sums.map((sum) => (
        <p key={sum} className={styles.total}>
          <span>{labels.total}</span>
          <strong data-testid="cart-total" data-live>
            {sum}
          </strong>
        </p>
      ))}
    </>
  )
}
