'use client'

import { type FormEvent, useState } from 'react'
import { MAX_QUANTITY } from '#lib/orders/cartLines.ts'
import { fillText } from '../../_i18n/fillText.ts'
import { Button } from '../../_ui/Button.tsx'
import { Field } from '../../_ui/Field.tsx'
import { useStore } from '../StoreContext.tsx'
import { formOf } from './cartForm.ts'
import styles from './Cart.module.css'

interface StepperProps {
  productId: number
  name: string
  quantity: number
  /** False: it can only be taken out. */
  canChange: boolean
  onChange: (form: URLSearchParams) => void
}

/** The quantity of a product, as a form that works without JavaScript. */
export function Stepper({ productId, name, quantity, canChange, onChange }: StepperProps) {
  const { locale, labels } = useStore()
  /** The text under way in the field. It may be empty for a moment, which no quantity is. */
  const [draft, setDraft] = useState<string>()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setDraft(undefined)
    onChange(formOf(event))
  }
  const about = (label: string) => fillText(label, { product: name })
  return (
    <form className={styles.controls} method="post" action="/api/cart" onSubmit={submit}>
      <input type="hidden" name="do" value="set" />
      <input type="hidden" name="product" value={productId} />
      <input type="hidden" name="locale" value={locale} />
      {/* The first button is the one that the enter key presses. */}
      <button type="submit" className="visually-hidden" tabIndex={-1} aria-hidden>
        {labels.quantity}
      </button>
      {canChange ? (
        <span className={styles.stepper}>
          <button
            type="submit"
            name="quantity"
            value={quantity - 1}
            disabled={quantity <= 1}
            aria-label={about(labels.oneLess)}
          >
            −
          </button>
          <Field
            id={`quantity-${productId}`}
            label={about(labels.quantityOf)}
            hideLabel
            className={styles.quantity}
            type="number"
            inputMode="numeric"
            name="typed"
            min={1}
            max={MAX_QUANTITY}
            value={draft ?? String(quantity)}
            onChange={({ currentTarget: { value, valueAsNumber } }) => {
              setDraft(value)
              if (valueAsNumber < 1 || !Number.isInteger(valueAsNumber)) return
              const typed = String(Math.min(valueAsNumber, MAX_QUANTITY))
              onChange(new URLSearchParams({ do: 'set', product: String(productId), typed }))
            }}
            onBlur={() => setDraft(undefined)}
          />
          <button
            type="submit"
            name="quantity"
            value={quantity + 1}
            disabled={quantity >= MAX_QUANTITY}
            aria-label={about(labels.oneMore)}
          >
            +
          </button>
        </span>
      ) : null}
      <Button type="submit" variant="quiet" size="sm" name="quantity" value={0} aria-label={about(labels.removeOf)}>
        {labels.remove}
      </Button>
    </form>
  )
}
