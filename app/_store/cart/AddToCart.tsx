'use client'

import Link from 'next/link'
import { useState } from 'react'
import type { StockTexts } from '#lib/catalog/stock.ts'
import type { ShownPrice } from '#lib/money/price.ts'
import { localized } from '../../_i18n/paths.ts'
import { Button } from '../../_ui/Button.tsx'
import { Notice } from '../../_ui/Notice.tsx'
import { useStockTexts } from '../stock/LiveStock.tsx'
import { useStore } from '../StoreContext.tsx'
import { addItem, type CartItem } from './cart.ts'
import styles from './AddToCart.module.css'
import { updateCart } from './useCart.ts'

interface AddToCartProps {
  product: Omit<CartItem, 'quantity'>
  price: ShownPrice
  /** As the server wrote it. */
  stock: StockTexts
  /** What stands in place of the button once the product is no longer sold. */
  discontinued: string
}

export function AddToCart({ product, price, stock, discontinued }: AddToCartProps) {
  const { locale, labels } = useStore()
  const [added, setAdded] = useState(false)
  const {
    shown,
    texts: { soldOut },
  } = useStockTexts(price, stock)
  if (shown.status === 'discontinued') {
    return (
      <div className={styles.add}>
        <Notice tone="warning">
          <p>{discontinued}</p>
        </Notice>
      </div>
    )
  }
  // Not `disabled`, which a slot could not take away: an attribute that is always there can change without a render.
  const disabled: Readonly<Record<string, string>> = { 'aria-disabled': soldOut }
  return (
    <div className={styles.add}>
      <Button
        className={styles.button}
        {...disabled}
        onClick={() => {
          if (soldOut === 'true') return
          updateCart((items) => addItem(items, { ...product, quantity: 1 }))
          setAdded(true)
        }}
      >
        {labels.addToCart}
      </Button>
      <output className={styles.status}>
        {added ? (
          <>
            {labels.added} <Link href={localized(locale, '/cart')}>{labels.viewCart}</Link>
          </>
        ) : null}
      </output>
      <noscript>
        <p>{labels.cartNoScript}</p>
      </noscript>
    </div>
  )
}
