'use client'

import { useState } from 'react'
import { fillText } from '../../_i18n/fillText.ts'
import { Field } from '../../_ui/Field.tsx'
import { useStore } from '../StoreContext.tsx'
import { MAX_QUANTITY, setQuantity, type CartItem } from './cart.ts'
import styles from './Cart.module.css'
import { updateCart } from './useCart.ts'

export function QuantityField({ item: { productId, name, quantity } }: { item: CartItem }) {
  const { labels } = useStore()
  /** What is being typed: it may be empty for a moment, which no quantity is. */
  const [draft, setDraft] = useState<string>()
  return (
    <Field
      id={`quantity-${productId}`}
      label={fillText(labels.quantityOf, { product: name })}
      hideLabel
      className={styles.quantity}
      type="number"
      inputMode="numeric"
      min={1}
      max={MAX_QUANTITY}
      value={draft ?? String(quantity)}
      onChange={({ currentTarget: { value, valueAsNumber } }) => {
        setDraft(value)
        if (valueAsNumber >= 1) updateCart((items) => setQuantity(items, productId, valueAsNumber))
      }}
      onBlur={() => setDraft(undefined)}
    />
  )
}
