'use client'

import Link from 'next/link'
import { useState } from 'react'
import { localized } from '../../_i18n/paths.ts'
import { Button } from '../../_ui/Button.tsx'
import { useStore } from '../StoreContext.tsx'
import { addItem, type CartItem } from './cart.ts'
import styles from './AddToCart.module.css'
import { updateCart } from './useCart.ts'

export function AddToCart(product: Omit<CartItem, 'quantity'>) {
  const { locale, labels } = useStore()
  const [added, setAdded] = useState(false)
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
