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

const UNSEEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu

/** Without characters that leave no mark. */
export const withoutUnseen = (text: string): string => text.replaceAll(UNSEEN, '')

/**
 * A header by which columns are compared: small letters, words apart by `_`. A share of a price is never its name.
 * @example plainName('Variant Compare-At Price') // 'variant_compare_at_price', as of variantCompareAtPrice
 */
export function plainName(header: string): string {
  return withoutUnseen(header.normalize('NFKC'))
    .replaceAll('%', ' percent ')
    .replaceAll(/(?<=\p{Ll})(?=\p{Lu})/gu, '_')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '_')
    .replaceAll(/^_|_$/g, '')
}

/** Taken without a question: ours first, then Shopify, WooCommerce, Magento, Google Merchant. */
export const CERTAIN: Readonly<Record<ImportColumn, readonly string[]>> = {
  sku: ['sku', 'variant_sku', 'product_sku', 'item_sku', 'ugs'],
  price: ['price', 'variant_price', 'regular_price'],
  compare_at: ['compare_at', 'compare_at_price', 'variant_compare_at_price'],
  sale_price: [],
  sale_start: [
    'date_sale_price_starts',
    'date_on_sale_from',
    'sale_price_dates_from',
    'special_price_from_date',
    'special_from_date',
  ],
  sale_end: [
    'date_sale_price_ends',
    'date_on_sale_to',
    'sale_price_dates_to',
    'special_price_to_date',
    'special_to_date',
  ],
  sale_dates: ['sale_price_effective_date'],
  cost: ['cost', 'cost_per_item', 'variant_cost', 'cost_of_goods', 'cost_of_goods_sold'],
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
    'waluta',
    'měna',
    'валюта',
    'para_birimi',
    '货币',
    '币种',
    '幣別',
    'pénznem',
    'valuutta',
  ],
  version: ['version'],
}

/** They mean something only where sales are planned. */
export const SALE_TIMES = ['sale_start', 'sale_end', 'sale_dates'] as const

/** Of these, the ones that hold a single date. */
export const SALE_DAYS = ['sale_start', 'sale_end'] as const

/** Suggested, and asked: the likeliest first. */
const LIKELY_SKU = [
  'default_code',
  'internal_reference',
  'interne_referenz',
  'référence_interne',
  'referencia_interna',
  'referência_interna',
  'riferimento_interno',
  'interne_referentie',
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
  'custom_label',
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
  '货号',
  '商品编号',
  '产品编号',
  '貨號',
  '商品編號',
  'κωδικός',
  'ürün_kodu',
  'stok_kodu',
  'kód',
  'varenummer',
  'tuotekoodi',
  'cikkszám',
  'cod_produs',
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

/** SKUs that are not ours, or of another product. */
const OF_OTHERS = /supplier|vendor|manufacturer|competitor|parent|lieferant|hersteller|fourniss|proveedor|fornecedor/

/** Places of the names that may be a SKU, the likeliest first. */
export function likelySkus(names: readonly string[], free: readonly number[]): number[] {
  const [named, others] = [false, true].map((ofOthers) =>
    free.filter((i) => HAS_SKU.test(names[i] ?? '') && OF_OTHERS.test(names[i] ?? '') === ofOthers),
  )
  return [
    ...new Set([
      ...(named ?? []),
      ...(others ?? []),
      ...LIKELY_SKU.flatMap((name) => free.filter((i) => names[i] === name)),
    ]),
  ]
}

/** A feed of Google Merchant has no SKU: its `id` is one. */
export const GOOGLE_MARKS = ['availability', 'link', 'image_link']

/** The rows of an edit, as rows.csv has them, hold the old prices beside the new ones; an export says what a sale asks. */
const OWN: readonly (readonly [marks: readonly string[], prices: readonly string[]])[] = [
  [
    ['old_price', 'old_compare_at', 'state', 'version'],
    ['old_price', 'old_compare_at'],
  ],
  [['in_sale', 'version', 'changed_at'], ['in_sale']],
]

/** What Amazon calls `standard_price` is the price; in Odoo it is the cost. */
const AMAZON_MARKS = ['item_sku', 'feed_product_type', 'external_product_id']

/** Whether the column of this name is the price where Amazon has written the file. */
export const isAmazonPrice = (name: string, names: readonly string[]): boolean =>
  name === 'standard_price' && AMAZON_MARKS.some((mark) => names.includes(mark))

/** Columns of our own files that look like prices and are not taken for one. */
export function ownPrices(names: readonly string[]): ReadonlySet<string> {
  return new Set(OWN.flatMap(([marks, prices]) => (marks.every((mark) => names.includes(mark)) ? prices : [])))
}
