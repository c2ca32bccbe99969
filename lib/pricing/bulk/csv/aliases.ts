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
 * A header by which columns are compared: small letters, words apart by `_`.
 * @example plainName('Variant Compare-At Price') // 'variant_compare_at_price', as of variantCompareAtPrice
 */
export function plainName(header: string): string {
  return withoutUnseen(header.normalize('NFKC'))
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
  '货号',
  '商品编号',
  '产品编号',
  '貨號',
  '商品編號',
  'κωδικός',
  'ürün_kodu',
  'stok_kodu',
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
  /(?<!whole|re)sale(?!s)|special|offer|promo|discount|angebot|aktion|actie|aanbieding|sonder|solde|oferta|rebaj|sconto|tilbud|udsal|kampanj|(^|_)rea(pris)?(_|$)|скидк|акци|セール|特価|할인|특가/
export const LIKELY_COMPARE_AT =
  /compare|regular|list|(^|_)was(_|$)|old|alte|before|msrp|(^|_)mrp(_|$)|rrp|uvp|pvpr|streich|statt|barr[eé]|conseill|tachado|参考|定価|정가|소비자가/
const COST =
  /(^|_)costs?(_|$)|cogs|landed|kosten|einkauf|einstand|wareneinsatz|(^|_)ek(_|$)|purchase|(^|_)buy(ing)?(_|$)|wholesale|supplier|achat|revient|(^|_)co[uû]ts?(_|$)|compra|mayorista|por_mayor|atacado|custo(?!m)|costo|coste|acquist|inkoop|kostp|ink[oö]p|indk[oø]b|innkj[oø]p|zakup|koszt|(^|_)standard_price|закуп|себестоим|仕入|原価|卸|원가|매입|도매|공급가/
/** What a customer pays for the delivery. */
const OF_DELIVERY =
  /shipping|delivery|freight|handling|versand|fracht|(^|_)porto|livraison|env[ií]o|entrega|frete|送料|배송/

/** Whether the name of a column of amounts says that they are costs. */
export const isCostName = (name: string): boolean => COST.test(name) && !OF_DELIVERY.test(name)

/** German WooCommerce writes `Datum, an dem Angebotspreis beginnt`. */
const DAYS: Readonly<Record<(typeof SALE_DAYS)[number], RegExp>> = {
  sale_start:
    /beginn?|start|empieza|comienza|inicio|inizio|início|começa|inicia|d[ée]but|desde|(^|_)(from|von)(_|$)|(^|_)du$|gültig_ab|開始|시작|начал/,
  sale_end:
    /endet|(^|_)(ends?|ende|bis|to|until|fin|fine|fim|hasta|até)(_|$)|(^|_)au$|enddat|termina|finaliza|終了|종료|оконч/,
}

/** Which day of a sale the name of a column says, in any language; what stands in it must be looked at. */
export function saleDayOf(name: string): (typeof SALE_DAYS)[number] | undefined {
  const [found, ...others] = SALE_DAYS.filter((field) => DAYS[field].test(name))
  return LIKELY_SALE.test(name) && others.length === 0 ? found : undefined
}

/** A feed of Google Merchant has no SKU: its `id` is one. */
export const GOOGLE_MARKS = ['availability', 'link', 'image_link']

const PRICE_WORD =
  /price|preis|prix|prec|preç|prez|prijs|amount|betrag|montant|importe|valor|uvp|rrp|msrp|mrp|srp|pvp|(^|_)(costs?|co[uû]ts?|costo|coste|custo)(_|$)|(^|_)(vk|ek|was|pris|cena|fiyat|tarif)|pris(_|$)|kosten|cogs|brutto|netto|価格|値段|金額|定価|単価|原価|売価|税込|税抜|价|價|цена|стоимость|ціна|hinta|harga|kaina|cijena|preț|τιμ[ήη]|מחיר|سعر|ราคา|(^|_)(ár|giá|hind)(_|$)|가격|금액|(판매|소비자|공급|도매|정|단|원)가/
const NO_PRICE =
  /date|time|(^|_)(from|to|until|qty|quantity|count|percent|type|view|cent(er|re)|id|currency|set)(_|$)|stock_amount/

/** Whether its name says so; whether there are amounts in it must be looked at. */
export function isPriceName(name: string): boolean {
  return (PRICE_WORD.test(name) || LIKELY_SALE.test(name)) && !NO_PRICE.test(name) && saleDayOf(name) === undefined
}

/** Measures and shares have two decimals as well. */
const NO_MONEY =
  /weight|gewicht|poids|(^|_)peso|(^|_)(kg|gr?|grams?|lbs?|oz|cm|mm|inch(es)?|ml)(_|$)|gramm|width|breite|largeur|ancho|largura|height|höhe|hoehe|hauteur|alto|altura|length|länge|laenge|longueur|largo|comprimento|depth|tiefe|profond|volume|(^|_)(size|taxe?s?|vat|mwst|ust|tva|iva|rates?|rating|score|version|position|sort)(_|$)|größe|steuer|bewertung|per_?cent|prozent|margin|marge|stock|qty|quantity|bestand|menge|cantidad|latitude|longitude|date|重|幅|高さ|税率|在庫|무게|재고/

/** Whether amounts in a column of this name are no prices, although they have two decimals. */
export const isMeasure = (name: string): boolean => NO_MONEY.test(name)

/** A price of many pieces. */
export const PER_MANY = /(^|_)(per|pro|je|par|por)_\d/

const PIECES =
  /^(preis_?einheit(en)?|price_unit|price_units|pricing_unit|price_per|price_quantity|price_basis|unité_de_prix|unidad_de_precio|unidade_de_preço|価格単位|가격_?단위)$/

/** The number of pieces from which on a price holds. */
const TIERS =
  /^(tier_(price_)?(qty|quantity)|price_(qty|break)|min(imum)?_(qty|quantity)|(qty|quantity)_break|break_(qty|quantity)|staffelmenge|ab_menge|mindestmenge)$/

export const isTier = (name: string): boolean => TIERS.test(name)

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
