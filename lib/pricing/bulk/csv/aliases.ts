/** Names of other systems for the columns of an import. */

/** The fields that a column may be taken for. `sale_price` is the price while on sale, and the three behind it say when that is. */
export const IMPORT_COLUMNS = [
  'sku',
  'price',
  'compare_at',
  'sale_price',
  'sale_start',
  'sale_end',
  'sale_dates',
  'cost',
  'cost_version',
  'currency',
  'version',
] as const
export type ImportColumn = (typeof IMPORT_COLUMNS)[number]

/** As a person reads it. */
export const COLUMN_WORDS: Readonly<Record<ImportColumn, string>> = {
  sku: 'the SKU',
  price: 'the price',
  compare_at: 'the compare-at price',
  sale_price: 'the price while on sale',
  sale_start: 'the start of the sale',
  sale_end: 'the end of the sale',
  sale_dates: 'the start and the end of the sale',
  cost: 'the cost',
  cost_version: 'the version of the cost',
  currency: 'the currency',
  version: 'the version',
}

/**
 * A header by which columns are compared: small letters, words apart by `_`.
 * @example plainName('Variant Compare-At Price') // 'variant_compare_at_price', as of variantCompareAtPrice
 */
export function plainName(header: string): string {
  return header
    .normalize('NFKC')
    .replaceAll(/(?<=\p{Ll})(?=\p{Lu})/gu, '_')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '_')
    .replaceAll(/^_|_$/g, '')
}

/** Taken without a question: ours first, then Shopify, WooCommerce, Magento, Google Merchant. */
export const CERTAIN: Readonly<Record<ImportColumn, readonly string[]>> = {
  sku: ['sku', 'variant_sku', 'product_sku', 'item_sku'],
  price: ['price', 'variant_price', 'regular_price'],
  compare_at: ['compare_at', 'compare_at_price', 'variant_compare_at_price'],
  sale_price: [],
  sale_start: ['date_sale_price_starts', 'date_on_sale_from', 'sale_price_dates_from', 'special_price_from_date'],
  sale_end: ['date_sale_price_ends', 'date_on_sale_to', 'sale_price_dates_to', 'special_price_to_date'],
  sale_dates: ['sale_price_effective_date'],
  cost: ['cost'],
  cost_version: ['cost_version'],
  // In each language: a currency that is not seen is a wrong price.
  currency: [
    'currency',
    'currency_code',
    'price_currency',
    'währung',
    'waehrung',
    'währungscode',
    'währg',
    'waers',
    'curr',
    'cur',
    'devise',
    'monnaie',
    'moneda',
    'divisa',
    'moeda',
    'valuta',
    '通貨',
    '通貨コード',
    '통화',
    '통화코드',
  ],
  version: ['version'],
}

/** They mean something only where sales are planned. */
export const SALE_TIMES = ['sale_start', 'sale_end', 'sale_dates'] as const

/** Of these, the ones that hold a single date. */
export const SALE_DAYS = ['sale_start', 'sale_end'] as const

/** Suggested, and asked: the likeliest first. */
export const LIKELY_SKU = [
  'default_code',
  'internal_reference',
  'article_number',
  'artikelnummer',
  'artikelnr',
  'artikel_nr',
  'art_nr',
  'artnr',
  'artikelcode',
  'item_number',
  'item_no',
  'item_code',
  'item_name_number',
  'product_code',
  'product_number',
  'order_number',
  'ordernumber',
  'stock_code',
  'part_number',
  'product_reference',
  'reference',
  'référence',
  'réf',
  'ref',
  'code_article',
  'referencia',
  'referência',
  'código',
  'codigo',
  'codice',
  '商品コード',
  '商品番号',
  '品番',
  '상품코드',
  '제품코드',
  '품번',
  'артикул',
  'code',
  'artikel',
  'material',
  'model',
  'mpn',
  'item',
  'no',
  'item_id',
  'product_id',
  'id',
  'gtin',
  'ean',
]
/** Names that some word makes a SKU: `Custom label (SKU)`. */
const HAS_SKU = /(^|_)sku(_|$)/

export const isSkuName = (name: string): boolean => HAS_SKU.test(name) || LIKELY_SKU.includes(name)

/** Places of the names that may be a SKU, the likeliest first. */
export function likelySkus(names: readonly string[], free: readonly number[]): number[] {
  const named = free.filter((i) => HAS_SKU.test(names[i] ?? ''))
  return [...new Set([...named, ...LIKELY_SKU.flatMap((name) => free.filter((i) => names[i] === name))])]
}

/** Not wholesale, resale or sales, which are prices of no sale. */
export const LIKELY_SALE =
  /(?<!whole|re)sale(?!s)|special|offer|promo|discount|angebot|aktion|sonder|solde|oferta|rebaj|セール|特価|할인|특가/
export const LIKELY_COMPARE_AT =
  /compare|regular|list|(^|_)was(_|$)|old|alte|before|msrp|rrp|uvp|pvpr|streich|statt|barr[eé]|conseill|tachado|参考|定価|정가|소비자가/
export const LIKELY_COST =
  /einkauf|(^|_)ek(_|$)|purchase|wholesale|supplier|achat|compra|mayorista|por_mayor|atacado|custo|coste|(^|_)standard_price|仕入|原価|卸|원가|매입|도매|공급가/

/** A feed of Google Merchant has no SKU: its `id` is one. */
export const GOOGLE_MARKS = ['availability', 'link', 'image_link']

const PRICE_WORD =
  /price|preis|prix|prec|preç|prez|prijs|amount|betrag|montant|importe|valor|uvp|rrp|msrp|srp|pvp|(^|_)(vk|ek|was|pris|cena|fiyat|tarif)|brutto|netto|価格|値段|金額|定価|単価|原価|売価|税込|税抜|цена|стоимость|가격|금액|(판매|소비자|공급|도매|정|단|원)가/
const NO_PRICE = /date|time|(^|_)(from|to|until|qty|quantity|count|percent|type|view|cost|id|currency|set)(_|$)/

/** Whether its name says so; whether there are amounts in it must be looked at. */
export function isPriceName(name: string): boolean {
  return (PRICE_WORD.test(name) || LIKELY_SALE.test(name)) && !NO_PRICE.test(name)
}

/** A price of many pieces. */
export const PER_MANY = /(^|_)(per|pro|je|par|por)_\d/

const PIECES =
  /^(preis_?einheit(en)?|price_unit|price_units|pricing_unit|price_per|price_quantity|price_basis|unité_de_prix|unidad_de_precio|unidade_de_preço|価格単位|가격_?단위)$/

/** Whether a column has the number of pieces that a price is for. @param name as `plainName` writes it */
export function isPieces(name: string): boolean {
  return PIECES.test(name)
}

/** The rows of an edit, as rows.csv has them, hold the old prices beside the new ones; an export says what a sale asks. */
const OWN: readonly (readonly [marks: readonly string[], prices: readonly string[]])[] = [
  [
    ['old_price', 'old_compare_at', 'state', 'version'],
    ['old_price', 'old_compare_at'],
  ],
  [['in_sale', 'version', 'changed_at'], ['in_sale']],
]

/** Columns of our own files that look like prices and are not taken for one. */
export function ownPrices(names: readonly string[]): ReadonlySet<string> {
  return new Set(OWN.flatMap(([marks, prices]) => (marks.every((mark) => names.includes(mark)) ? prices : [])))
}
