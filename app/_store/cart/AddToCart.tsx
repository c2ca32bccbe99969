'use client'

import Link from 'next/link'
import { type FormEvent, type ReactNode, useState } from 'react'
import type { StockTexts } from '#lib/catalog/stock.ts'
import type { ShownPrice } from '#lib/money/price.ts'
import { localized } from '../../_i18n/paths.ts'
import { Button } from '../../_ui/Button.tsx'
import { classNames } from '../../_ui/classNames.ts'
import { Notice } from '../../_ui/Notice.tsx'
import { useStockTexts } from '../stock/LiveStock.tsx'
import { useStore } from '../StoreContext.tsx'
import styles from './AddToCart.module.css'
import { formOf } from './cartForm.ts'

/** Loaded at the first sign that something is added. */
const loadChanges = () => import('./changeCart.ts')

interface AddToCartProps {
  price: ShownPrice
  /** As the server wrote it. */
  stock: StockTexts
  /** Stands in place of the button once the product is no longer sold. */
  discontinued: string
  /** The price once more, for the bar that stays at hand on phones. */
  children: ReactNode
}

/** A form that works without JavaScript; with it, the page stays. */
export function AddToCart({ price, stock, discontinued, children }: AddToCartProps) {
  const { locale, labels } = useStore()
  const [outcome, setOutcome] = useState<'added' | 'failed'>()
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
  const add = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (soldOut === 'true') return
    setOutcome('added')
    const [form, target] = [formOf(event), event.currentTarget]
    loadChanges().then(
      ({ changeCart }) => changeCart(form).catch(() => setOutcome('failed')),
      // Another release has taken the place of this one: as without JavaScript.
      () => target.submit(),
    )
  }
  // Not `disabled`, which a slot could not take away: an attribute that is always there can change without a render.
  const disabled: Readonly<Record<string, string>> = { 'aria-disabled': soldOut }
  return (
    <form
      className={classNames(styles.add, styles.bar)}
      data-bottom-bar
      method="post"
      action="/api/cart"
      onSubmit={add}
    >
      <input type="hidden" name="do" value="add" />
      <input type="hidden" name="product" value={shown.productId} />
      <input type="hidden" name="version" value={shown.version} />
      <input type="hidden" name="locale" value={locale} />
      <div className={styles.price} aria-hidden="true">
        {children}
      </div>
      <Button type="submit" className={styles.button} onPointerEnter={() => void loadChanges()} {...disabled}>
        {labels.addToCart}
      </Button>
      <output className={styles.status}>
        {outcome === 'added' ? (
          <>
            {labels.added} <Link href={localized(locale, '/cart')}>{labels.viewCart}</Link>
          </>
        ) : null}
        {outcome === 'failed' ? labels.cartFailed : null}
      </output>
    </form>
  )
}
