/** The cart page's data for the browser. Texts are as the server wrote them: the browser may know another spelling. */
import { productName, textLanguage } from '#lib/catalog/productTexts.ts'
import { priceTexts, type PriceTexts } from '#lib/catalog/prices/priceTexts.ts'
import { stockTexts, type StockTexts } from '#lib/catalog/stock.ts'
import { formatMoney } from '#lib/money/formatMoney.ts'
import type { ShownPrice } from '#lib/money/price.ts'
import type { Locale } from '#lib/platform/locales.ts'
import type { Offer } from '#lib/orders/offers.ts'

export interface RowProduct {
  readonly slug: string
  readonly name: string
  /** Attributes of the element with the name. */
  readonly language: { readonly lang?: string }
  readonly image: string
  readonly price: ShownPrice
  readonly texts: PriceTexts
  readonly stock: StockTexts
  /** The amount of the whole line, as far as it can be ordered. */
  readonly total: string
}

export interface CartRowData {
  readonly productId: number
  readonly quantity: number
  /** Undefined: there is no such product. */
  readonly product: RowProduct | undefined
  /** The price when the shopper put the product in, if it is known: the amount, and as people write it. */
  readonly seen: { readonly amountMinor: number; readonly text: string } | undefined
}

/** The data of the cart panel. */
export interface CartPreview {
  readonly rows: readonly CartRowData[]
  /** The sums of what can be ordered. */
  readonly totals: readonly string[]
  /** The cookie was not made by the shop. */
  readonly isDamaged: boolean
  /** The word on the button that closes the panel. */
  readonly close: string
}

export function cartRow({ productId, quantity, card, seenMinor }: Offer, locale: Locale): CartRowData {
  if (!card) return { productId, quantity, product: undefined, seen: undefined }
  const { slug, image, price } = card
  const name = productName(card, locale)
  const money = (amountMinor: number) => formatMoney(amountMinor, price.currency, locale)
  return {
    productId,
    quantity,
    product: {
      slug,
      name,
      language: textLanguage(card.names, locale),
      image,
      price,
      texts: priceTexts(price, locale),
      stock: stockTexts(price.stock, locale),
      total: money(price.amountMinor * orderableOf(quantity, price)),
    },
    seen: seenMinor === undefined ? undefined : { amountMinor: seenMinor, text: money(seenMinor) },
  }
}

/** As many as are in stock: the checkout takes no more. */
export const orderableOf = (quantity: number, { stock }: Pick<ShownPrice, 'stock'>): number => Math.min(quantity, stock)

/** The sums of what can be ordered, one a currency: amounts of different currencies are never added. */
export function sumsOf(
  lines: readonly {
    readonly quantity: number
    readonly price: Pick<ShownPrice, 'amountMinor' | 'currency' | 'stock'>
  }[],
): { currency: string; amountMinor: number }[] {
  const sums = new Map<string, number>()
  for (const { quantity, price } of lines)
    sums.set(price.currency, (sums.get(price.currency) ?? 0) + price.amountMinor * orderableOf(quantity, price))
  return [...sums].map(([currency, amountMinor]) => ({ currency, amountMinor }))
}
