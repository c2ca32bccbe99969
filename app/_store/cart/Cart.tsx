'use client'

import { useRouter } from 'next/navigation'
import { useCallback, useEffect } from 'react'
import { localized } from '../../_i18n/paths.ts'
import { ButtonLink } from '../../_ui/Button.tsx'
import { Notice } from '../../_ui/Notice.tsx'
import { EmptyState } from '../catalog/EmptyState.tsx'
import { useStore } from '../StoreContext.tsx'
import { CartList, CartSums } from './CartList.tsx'
import type { CartRowData } from './cartRows.ts'
import { viewIn } from './cartView.ts'
import { changeCart } from './changeCart.ts'
import { useCartRows } from './useCartRows.ts'
import styles from './Cart.module.css'

/** Makes the signed cookie and the readable one agree. */
function useAgreement(view: string, isDamaged: boolean): void {
  useEffect(() => {
    if (isDamaged || viewIn(document.cookie) !== view)
      changeCart(new URLSearchParams({ do: 'adopt', lines: '' })).catch(() => undefined)
  }, [view, isDamaged])
}

interface CartProps {
  rows: readonly CartRowData[]
  /** The sums of what can be ordered, as the server wrote them. */
  totals: readonly string[]
  /** The lines, as they stand in the cookie. */
  view: string
  /** The cookie was not made by the shop. */
  isDamaged: boolean
}

/** The cart of this browser, at the prices of this moment. */
export function Cart({ rows: sent, totals, view, isDamaged }: CartProps) {
  const { locale, labels } = useStore()
  const router = useRouter()
  useAgreement(view, isDamaged)
  const cart = useCartRows(
    sent,
    totals,
    useCallback(() => router.refresh(), [router]),
  )
  const damaged = isDamaged ? (
    <Notice tone="warning">
      <p>{labels.cartDamaged}</p>
    </Notice>
  ) : null
  if (cart.rows.length === 0) {
    return (
      <>
        {damaged}
        <EmptyState title={labels.cartEmpty} text={labels.cartEmptyText}>
          <ButtonLink href={localized(locale, '')}>{labels.continueShopping}</ButtonLink>
        </EmptyState>
      </>
    )
  }
  return (
    <div className={styles.cart}>
      <CartList {...cart} />
      <section className={styles.summary} aria-label={labels.total}>
        <CartSums {...cart} />
        <p className={styles.quiet}>
          <span className="with-script">{labels.cartLive}</span> {labels.cartNote}
        </p>
        {cart.isOrderable ? <ButtonLink href={localized(locale, '/checkout')}>{labels.toCheckout}</ButtonLink> : null}
        <ButtonLink href={localized(locale, '')} variant="secondary">
          {labels.continueShopping}
        </ButtonLink>
      </section>
    </div>
  )
}
