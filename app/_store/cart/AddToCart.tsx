'use client'

import Link from 'next/link'
import { useState } from 'react'
import type { ShownPrice } from '#lib/money/price.ts'
import { localized } from '../../_i18n/paths.ts'
import { Button } from '../../_ui/Button.tsx'
import { Notice } from '../../_ui/Notice.tsx'
import { useNewestPrice } from '../prices/useNewestPrice.ts'
import { useStore } from '../StoreContext.tsx'
import { addItem, type CartItem } from './cart.ts'
import styles from './AddToCart.module.css'
import { updateCart } from './useCart.ts'

interface AddToCartProps {
  product: Omit<CartItem, 'quantity'>
  price: ShownPrice
  /** What stands in place of the button once the product is no longer sold. */
  discontinued: string
}

export function AddToCart({ product, price, discontinued }: AddToCartProps) {
  const { locale, labels } = useStore()
  const [added, setAdded] = useState(false)
  if (useNewestPrice(price).status === 'discontinued') {
    return (
      <div className={styles.add}>
        <Notice tone="warning">
          <p>{discontinued}</p>
        </Notice>
      </div>
    )
  }
  return (
    <div className={styles.add}>
      <Button
        className={styles.button}
        onClick={() => {
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
