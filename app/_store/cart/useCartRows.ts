import { useEffect, useState, useSyncExternalStore } from 'react'
import { formatMoney } from '#lib/money/formatMoney.ts'
import type { ShownPrice } from '#lib/money/price.ts'
import { newestOf, priceStore } from '../prices/priceStore.ts'
import { useStore } from '../StoreContext.tsx'
import { type CartRowData, sumsOf } from './cartRows.ts'
import { changeCart } from './changeCart.ts'
import { useCart } from './useCart.ts'

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

/** The rows that the server sent, as far as they are still in the cart. */
function useRows(sent: readonly CartRowData[], onBehind: () => void): readonly ShownRow[] {
  const lines = useCart()
  const isBehind = lines?.some((line) => sent.every(({ productId }) => productId !== line.productId)) ?? false
  useEffect(() => {
    if (isBehind) onBehind()
  }, [isBehind, onBehind])
  return sent.flatMap((row) => {
    const line = lines ? lines.find(({ productId }) => productId === row.productId) : row
    return line ? [{ row, quantity: line.quantity }] : []
  })
}

interface CartRows {
  readonly rows: readonly ShownRow[]
  /** As this browser knows them now. */
  readonly prices: ReadonlyMap<number, ShownPrice>
  /** The sums of what can be ordered, one a currency. */
  readonly sums: readonly string[]
  /** Something can be ordered. */
  readonly isOrderable: boolean
  readonly change: (form: URLSearchParams) => void
  /** The last change was not taken. */
  readonly hasFailed: boolean
}

/**
 * The cart as the server sent it, with the quantities and prices of this moment.
 * @param totals the sums of what can be ordered, as the server wrote them
 * @param onBehind something came in another tab, and is to be asked for; stable
 */
export function useCartRows(sent: readonly CartRowData[], totals: readonly string[], onBehind: () => void): CartRows {
  const { locale } = useStore()
  const [hasFailed, setHasFailed] = useState(false)
  const rows = useRows(sent, onBehind)
  const prices = useNewestPrices(sent)
  const change = (form: URLSearchParams) => {
    setHasFailed(false)
    changeCart(form).catch(() => setHasFailed(true))
  }
  const ordered = rows.flatMap(({ row: { productId }, quantity }) => {
    const price = prices.get(productId)
    return price?.status === 'active' && price.stock > 0 ? [{ quantity, price }] : []
  })
  const isAsWritten = sent.every(({ productId, quantity, product }) => {
    const now = rows.find(({ row }) => row.productId === productId)
    const price = prices.get(productId)
    return (
      now?.quantity === quantity &&
      price?.version === product?.price.version &&
      price?.stock === product?.price.stock &&
      price?.status === product?.price.status
    )
  })
  const sums = isAsWritten
    ? totals
    : sumsOf(ordered).map(({ currency, amountMinor }) => formatMoney(amountMinor, currency, locale))
  return { rows, prices, sums, isOrderable: ordered.length > 0, change, hasFailed }
}
