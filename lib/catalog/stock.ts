/**
 * The stock of a product, as pages show it, and its payload in the version index. A number alone says it: whether a text, a
 * colour or JSON-LD follows from it is decided here.
 */
import type { Locale } from '#lib/platform/locales.ts'

/** One version of a row of `stock`. */
export interface Stock {
  readonly version: number
  readonly quantity: number
}

const AVAILABILITY = { plenty: 'InStock', few: 'LimitedAvailability', none: 'OutOfStock' } as const

/** So many are few: then the page says how many. */
const FEW = 5

const WORDS: Readonly<Record<Locale, readonly [plenty: string, few: (quantity: number) => string, none: string]>> = {
  en: ['In stock', (n) => `Only ${n} left`, 'Sold out'],
  de: ['Auf Lager', (n) => `Nur noch ${n} auf Lager`, 'Ausverkauft'],
  fr: ['En stock', (n) => `Plus que ${n} en stock`, 'Épuisé'],
  es: ['En stock', (n) => (n === 1 ? 'Solo queda 1' : `Solo quedan ${n}`), 'Agotado'],
  pt: ['Em estoque', (n) => (n === 1 ? 'Resta apenas 1' : `Restam apenas ${n}`), 'Esgotado'],
  ja: ['在庫あり', (n) => `残り${n}点`, '在庫切れ'],
  ko: ['재고 있음', (n) => `${n}개 남음`, '품절'],
}

export interface StockTexts {
  /** As people of a language say it. */
  readonly said: string
  /** `plenty`, `few` or `none`: for the stylesheet. */
  readonly level: string
  /** `true` or `false`, as `aria-disabled` has it: nothing can be put into the cart. */
  readonly soldOut: string
  /** The ids of a group's stock. In a template placeholders, which are texts. */
  readonly stated?: Readonly<Record<'productId' | 'stockVersion' | 'stock', number | string>>
}

function levelOf(quantity: number): 'plenty' | 'few' | 'none' {
  if (quantity === 0) return 'none'
  return quantity <= FEW ? 'few' : 'plenty'
}

/** Writes a stock for a page, on the server and in the browser. */
export function stockTexts(quantity: number, locale: Locale): StockTexts {
  const [plenty, few, none] = WORDS[locale]
  const level = levelOf(quantity)
  return {
    said: level === 'plenty' ? plenty : level === 'few' ? few(quantity) : none,
    level,
    soldOut: String(quantity === 0),
  }
}

/** The last part of its address at schema.org. */
export function schemaAvailability(quantity: number): 'InStock' | 'LimitedAvailability' | 'OutOfStock' {
  return AVAILABILITY[levelOf(quantity)]
}

/** The stock for social networks. */
export function openGraphAvailability(quantity: number): string {
  return quantity === 0 ? 'out of stock' : 'in stock'
}

/** The stock for shopping engines in the product feed. */
export function feedAvailability(quantity: number): 'in_stock' | 'out_of_stock' {
  return quantity === 0 ? 'out_of_stock' : 'in_stock'
}

/**
 * @param text the payload, as the manifest of resource kinds has it
 * @returns undefined for what is not the payload of that version
 */
export function parseStockPayload(text: string | undefined, version: number): Stock | undefined {
  if (text === undefined) return undefined
  try {
    const read: unknown = JSON.parse(text)
    if (typeof read !== 'object' || read === null) return undefined
    const quantity: unknown = Reflect.get(read, 'quantity')
    if (Reflect.get(read, 'version') !== version || typeof quantity !== 'number') return undefined
    return Number.isSafeInteger(quantity) && quantity >= 0 ? { version, quantity } : undefined
  } catch {
    return undefined
  }
}
