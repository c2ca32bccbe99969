'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { formatMoney } from '#lib/money/formatMoney.ts'
import type { ShownPrice } from '#lib/money/price.ts'
import { localized } from '../../_i18n/paths.ts'
import { ButtonLink } from '../../_ui/Button.tsx'
import { Notice } from '../../_ui/Notice.tsx'
import { EmptyState } from '../catalog/EmptyState.tsx'
import { newestOf, priceStore } from '../prices/priceStore.ts'
import { useStore } from '../StoreContext.tsx'
import styles from './Cart.module.css'
import { CartRow } from './CartRow.tsx'
import { type CartRowData, sumsOf } from './cartRows.ts'
import { viewIn } from './cartView.ts'
import { changeCart, useCart } from './useCart.ts'

let changes = 0
const subscribe = (listener: () => void) =>
  priceStore.subscribe(() => {
    changes += 1
    listener()
  })

/** The prices of these rows, until this tab knows newer ones. */
function useNewestPrices(rows: readonly CartRowData[]): ReadonlyMap<number, ShownPrice> {
  const seen = useSyncExternalStore(
    subscribe,
    () => changes,
    () => -1,
  )
  return new Map(
    rows.flatMap(({ productId, product }) => {
      const known = seen === -1 ? undefined : priceStore.get(productId)
      return product ? [[productId, known ? newestOf(product.price, known) : product.price] as const] : []
    }),
  )
}

interface ShownRow {
  readonly row: CartRowData
  /** In the cart of this browser, which another tab may have changed. */
  readonly quantity: number
}

/** The rows that the server sent, as far as they are still in the cart. What came in another tab is asked for. */
function useRows(sent: readonly CartRowData[]): readonly ShownRow[] {
  const router = useRouter()
  const lines = useCart()
  const isBehind = lines?.some((line) => sent.every(({ productId }) => productId !== line.productId)) ?? false
  useEffect(() => {
    if (isBehind) router.refresh()
  }, [isBehind, router])
  return sent.flatMap((row) => {
    const line = lines ? lines.find(({ productId }) => productId === row.productId) : row
    return line ? [{ row, quantity: line.quantity }] : []
  })
}

/** What pages read of the cart is made anew where it is not what the signed cookie says. */
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
  const [hasFailed, setHasFailed] = useState(false)
  useAgreement(view, isDamaged)
  const rows = useRows(sent)
  const prices = useNewestPrices(sent)
  const change = (form: URLSearchParams) => {
    setHasFailed(false)
    changeCart(form).catch(() => setHasFailed(true))
  }

  const damaged = isDamaged ? (
    <Notice tone="warning">
      <p>{labels.cartDamaged}</p>
    </Notice>
  ) : null
  if (rows.length === 0) {
    return (
      <>
        {damaged}
        <EmptyState title={labels.cartEmpty} text={labels.cartEmptyText}>
          <ButtonLink href={localized(locale, '')}>{labels.continueShopping}</ButtonLink>
        </EmptyState>
      </>
    )
  }
  const isSold = (productId: number) => prices.get(productId)?.status === 'active'
  const ordered = rows.flatMap(({ row: { productId }, quantity }) => {
    const price = prices.get(productId)
    return price?.status === 'active' ? [{ quantity, price }] : []
  })
  const isAsWritten = sent.every(({ productId, quantity, product }) => {
    const now = rows.find(({ row }) => row.productId === productId)
    const price = prices.get(productId)
    return (
      now?.quantity === quantity && price?.version === product?.price.version && price?.status === product?.price.status
    )
  })
  const sums = isAsWritten
    ? totals
    : sumsOf(ordered).map(({ currency, amountMinor }) => formatMoney(amountMinor, currency, locale))
  return (
    <div className={styles.cart}>
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
      <section className={styles.summary} aria-label={labels.total}>
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
        <p className={styles.quiet}>{labels.cartNote}</p>
        {rows.some(({ row }) => isSold(row.productId)) ? (
          <ButtonLink href={localized(locale, '/checkout')} prefetch={false}>
            {labels.toCheckout}
          </ButtonLink>
        ) : null}
        <ButtonLink href={localized(locale, '')} variant="secondary">
          {labels.continueShopping}
        </ButtonLink>
      </section>
    </div>
  )
}
