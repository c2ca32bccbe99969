'use client'

import { localized } from '../../_i18n/paths.ts'
import { Button, ButtonLink } from '../../_ui/Button.tsx'
import { Notice } from '../../_ui/Notice.tsx'
import { EmptyState } from '../catalog/EmptyState.tsx'
import { useStore } from '../StoreContext.tsx'
import { orderableItems } from './cart.ts'
import styles from './Cart.module.css'
import { CartRow } from './CartRow.tsx'
import { useCart } from './useCart.ts'
import { useCartPrices } from './useCartPrices.ts'
import { totals } from './totals.ts'
import { formatMoney } from '#lib/money/formatMoney.ts'

/** The cart of this browser, at the prices of this moment. */
export function Cart() {
  const { locale, labels } = useStore()
  const items = useCart()
  const { state, priceOf, isSold, askAgain } = useCartPrices(items)

  if (!items) return <p className={styles.quiet}>{labels.cartLoading}</p>
  if (items.length === 0) {
    return (
      <EmptyState title={labels.cartEmpty} text={labels.cartEmptyText}>
        <ButtonLink href={localized(locale, '')}>{labels.continueShopping}</ButtonLink>
      </EmptyState>
    )
  }
  const sums = totals(orderableItems(items, isSold), priceOf)
  return (
    <div className={styles.cart}>
      <ul className={styles.rows}>
        {items.map((item) => (
          <CartRow key={item.productId} item={item} price={priceOf(item.productId)} isSold={isSold(item.productId)} />
        ))}
      </ul>
      <section className={styles.summary} aria-label={labels.total}>
        {state === 'failed' ? (
          <Notice tone="danger" role="alert">
            <p>{labels.pricesFailed}</p>
            <Button variant="secondary" size="sm" onClick={askAgain}>
              {labels.retry}
            </Button>
          </Notice>
        ) : null}
        {state === 'asking' ? <p className={styles.quiet}>{labels.pricesLoading}</p> : null}
        {state === 'known'
          ? sums.map(({ currency, amountMinor }) => (
              <p key={currency} className={styles.total}>
                <span>{labels.total}</span>
                <strong data-testid="cart-total">{formatMoney(amountMinor, currency, locale)}</strong>
              </p>
            ))
          : null}
        <p className={styles.quiet}>{labels.cartNote}</p>
        <ButtonLink href={localized(locale, '')} variant="secondary">
          {labels.continueShopping}
        </ButtonLink>
      </section>
    </div>
  )
}
