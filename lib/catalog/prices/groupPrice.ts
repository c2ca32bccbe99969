/**
 * The prices and stocks of a group on a card: the price of its cheapest product, and the largest stock. Which products
 * these are follows from their prices and stocks, so the server asks this when it fills a page, and an open tab with each change.
 */
import type { ShownPrice } from '#lib/money/price.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { stockTexts, type StockTexts } from '../stock.ts'
import { priceTexts, type PriceTexts } from './priceTexts.ts'

type Priced = Pick<ShownPrice, 'amountMinor' | 'currency'>

const FROM: Readonly<Record<Locale, (amount: string) => string>> = {
  en: (amount) => `From ${amount}`,
  de: (amount) => `Ab ${amount}`,
  fr: (amount) => `Dès ${amount}`,
  es: (amount) => `Desde ${amount}`,
  pt: (amount) => `A partir de ${amount}`,
  ja: (amount) => `${amount}から`,
  ko: (amount) => `${amount}부터`,
}

/** The cheapest price, the first of several equal ones. Nothing is converted: only amounts in the currency of the first are compared. */
export function cheapestOf<P extends Priced>(prices: readonly P[]): P | undefined {
  const [first, ...others] = prices
  return others.reduce(
    (least, price) =>
      least && price.currency === least.currency && price.amountMinor < least.amountMinor ? price : least,
    first,
  )
}

/** The largest stock, the first of several equal ones. */
export function mostOf<S>(stocks: readonly S[], quantityOf: (stock: S) => number): S | undefined {
  const [first, ...others] = stocks
  return others.reduce(
    (most, stock) => (most !== undefined && quantityOf(stock) > quantityOf(most) ? stock : most),
    first,
  )
}

/** @param amount of the cheapest, as people write it @returns the same, or that it is the least of several */
export function amountOfGroup(prices: readonly Priced[], amount: string, locale: Locale): string {
  const [first] = prices
  const differ = prices.some((price) => price.amountMinor !== first?.amountMinor || price.currency !== first.currency)
  return differ ? FROM[locale](amount) : amount
}

/** @returns such as `42@7 43@2` */
export function versionsOfGroup(prices: readonly Pick<ShownPrice, 'productId' | 'version'>[]): string {
  return prices.map(({ productId, version }) => `${productId}@${version}`).join(' ')
}

export interface GroupTexts extends PriceTexts {
  /** The price that is shown; in a template placeholders, which are texts. */
  readonly stated: Readonly<Record<'productId' | 'version' | 'amountMinor', number | string>>
  /** The versions of all compared prices. */
  readonly versions: string
}

/** Writes the prices of a group for a card, on the server and in the browser. */
export function groupTexts(prices: readonly ShownPrice[], cheapest: ShownPrice, locale: Locale): GroupTexts {
  const texts = priceTexts(cheapest, locale)
  const { productId, version, amountMinor } = cheapest
  return {
    ...texts,
    amount: amountOfGroup(prices, texts.amount, locale),
    stated: { productId, version, amountMinor },
    versions: versionsOfGroup(prices),
  }
}

/** @param most the one that there is most of */
export function groupStockTexts(most: ShownPrice, locale: Locale): StockTexts {
  const { productId, stockVersion, stock } = most
  return { ...stockTexts(stock, locale), stated: { productId, stockVersion, stock } }
}
