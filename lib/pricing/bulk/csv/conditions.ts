/**
 * Columns that say for whom, for how many pieces or from when on a price holds. A price here is that of one piece, for each customer, with
 * the tax in it, from its approval on: where a cell says something else of its row, the file is asked about.
 */
import { CERTAIN, SALE_TIMES } from './aliases.ts'
import { MONEY } from './amounts.ts'
import { isPriceName, isSaleFlag, isSaleName, saleDayOf } from './priceWords.ts'
import type { DateOrder } from './questions.ts'
import { dayOfSerial, isSerial } from './serialDate.ts'
import { readDay } from './writtenDate.ts'

interface PricePlaces {
  /** Columns that may hold prices of sales. */
  readonly sales: readonly number[]
  /** All that may hold a price. */
  readonly prices: readonly number[]
}

export interface Condition {
  /** Of its question. */
  readonly id: 'pieces' | 'from' | 'until' | 'tax' | 'share' | 'group' | 'place' | 'flag' | 'sale-dates'
  /** Whether a column is about it. Names are as `plainName` writes them. */
  readonly names: (name: string) => boolean
  /** Whether a cell says it of its row. */
  readonly says: (cell: string) => boolean
  /** One such cell in all rows says nothing: two different ones do. */
  readonly ifTheyDiffer?: true
  /** Of these rows alone; absent: of all. */
  readonly about?: keyof PricePlaces
  /** Another way out: sales that are planned by their dates. */
  readonly isPlannable?: true
  /** Whether numbers in such a column are never prices. */
  readonly isNoPrice: boolean
  /** What some rows say, and the way out. */
  readonly finding: string
  /** What the file means when the column is left out. */
  readonly otherwise: string
}

const named = (pattern: RegExp) => (name: string) => pattern.test(name)

const isNoOne = (cell: string): boolean => /^(?!0*1(?!\d))\d/.test(cell)

const ORDERS: readonly DateOrder[] = ['month-first', 'day-first']
/** In either order of a short date: the question costs less than a price on the wrong day. */
const days = (cell: string) =>
  isSerial(cell) ? [dayOfSerial(cell)] : ORDERS.flatMap((order) => readDay(cell, order) ?? [])
const today = () => new Date().toISOString().slice(0, 10)

/** Whether a date may be of a day to come. */
export const isLater = (cell: string): boolean => days(cell).some((day) => day > today())
const isOver = (cell: string): boolean => days(cell).some((day) => day < today())

const NO = /^(?:no?|false|f|0|nein|non|não|nej|нет|否|いいえ|아니요|excl(?:uded|usive|\.)?)$/i
const saysNo = (cell: string): boolean => NO.test(cell)

/** Customers of no group. */
const ALL =
  /^0*$|^(?:all|any|general|default|standard|retail|public|everyone|guest|base|list|normal|alle|tous|todos|tutti|すべて|전체)(?:[ _](?:customers?|groups?|kunden|clients?|clientes))?$/i

const FOR_SOME_CUSTOMERS = {
  id: 'group',
  isNoPrice: false,
  finding: 'some prices are for some customers. A price here is for all of them: take the other rows out of the file.',
  otherwise: 'Each price is for all customers',
} as const

const IN_SOME_PLACES = {
  id: 'place',
  about: 'prices',
  ifTheyDiffer: true,
  finding:
    'the prices are for several stores, channels or countries. A price here holds in all of them: leave the rows of one of them in the file.',
  otherwise: 'Each price holds everywhere',
} as const

const CONDITIONS: readonly Condition[] = [
  {
    id: 'pieces',
    names: named(
      /^(preis_?einheit(en)?|price_units?|pricing_unit|price_per|price_quantity|price_basis|unité_de_prix|unidad_de_precio|unidade_de_preço|価格単位|가격_?단위|pro|per|je|pe|kpein|peinh)$/,
    ),
    says: isNoOne,
    isNoPrice: true,
    finding: 'some prices are for more than one piece. A price here is for one: divide those in the file.',
    otherwise: 'Each price is for one piece',
  },
  {
    id: 'pieces',
    names: named(
      /^(units?|uo_?m|unit_of_measure|sold_by|einheit|mengeneinheit|verkaufseinheit|me|unité|unidade?|単位|단위)$/,
    ),
    // `500 g` is what is in a piece.
    says: (cell) =>
      /(?<![\d.,])(?!0*1(?![\d.,]))\d+(?![\d.,])(?!\s?(?:[kmc]?g|[mcd]?l|[mck]?m|oz|lb|w|v)\b)/i.test(cell),
    isNoPrice: false,
    finding: 'some prices are for more than one piece. A price here is for one: divide those in the file.',
    otherwise: 'Each price is for one piece',
  },
  {
    id: 'pieces',
    names: named(
      /^(tier_(price_)?(qty|quantity)|price_(qty|break)|min(imum)?_(qty|quantity)|(qty|quantity)_break|break_(qty|quantity)|staffelmenge|ab_menge|mindestmenge)$/,
    ),
    says: isNoOne,
    isNoPrice: true,
    finding:
      'some prices hold from more than one piece on. A price here holds from one piece on: take the other rows out of the file.',
    otherwise: 'Each price holds from one piece on',
  },
  {
    id: 'from',
    names: named(
      /^(price_|preis_)?(valid|effective|start(s|ing)?|gültig|gueltig|valable|v[aá]lid[oa]|vigen\p{L}*|geldig)(_(from|since|on|date|at|ab|von|seit|du|desde|de|vanaf))?$|^(date_)?(from|start)(_date)?$|^(datab|ingangsdatum|date_(de_)?d[ée]but|fecha_(de_)?inicio|fecha_desde|data_(de_)?in[ií]cio|desde|適用開始日?|적용_?시작일)$/u,
    ),
    says: isLater,
    isNoPrice: true,
    finding:
      'some prices hold only from a later day on. A price here holds as soon as it is approved: take those rows out of the file, or plan the approval for that day.',
    otherwise: 'Each price holds as soon as it is approved',
  },
  {
    id: 'until',
    names: named(
      /^(price_|preis_)?(valid|end(s|ing)?|expir\p{L}*|gültig|gueltig|valable|v[aá]lid[oa]|geldig)(_(to|until|till|on|date|at|bis|au|hasta|até|tot))?$|^(date_)?(to|until|end)(_date)?$|^(datbi|einddatum|date_(de_)?fin|fecha_(de_)?fin|fecha_hasta|data_(de_)?fim|hasta|até|適用終了日?|적용_?종료일)$/u,
    ),
    says: isOver,
    isNoPrice: true,
    finding: 'some prices hold no longer. Take those rows out of the file.',
    otherwise: 'Each price still holds',
  },
  {
    id: 'tax',
    names: named(
      /^(price_|prices_)?includes?_(tax(es)?|vat|gst)$|^(tax(es)?|vat|gst|mw_?st|ust|steuer|tva|iva|btw)_(incl(uded|usive)?|inklusive|inkl|enthalten|incluse?|incluid[ao]s?|comprise?)$/,
    ),
    says: saysNo,
    isNoPrice: true,
    finding: 'some prices are without tax. A price here has the tax in it: add it in the file.',
    otherwise: 'Each price has the tax in it',
  },
  {
    id: 'share',
    names: named(/(^|_)(price|preis|amount|value)_(type|mode|kind|method|art)$|^compute_price$/),
    says: (cell) => /percent|prozent|^%$|^(?:discount|rabatt|formula)/i.test(cell),
    isNoPrice: true,
    finding: 'some amounts are shares of a price. Write the prices that they make, or take those rows out of the file.',
    otherwise: 'Each amount is a price',
  },
  {
    ...FOR_SOME_CUSTOMERS,
    names: named(
      /(customer|kunden|client|cliente|user|price|preis)_?(group|gruppe|groupe|grupo|segment|role|level|class|klasse)s?$|^(price_?list|preis_?liste|customer_type|kundentyp)(_name)?$|^groupe_de_clients?$|^grupo_de_clientes$|^sales_type$/,
    ),
    says: (cell) => /\p{L}/u.test(cell) && !ALL.test(cell),
  },
  {
    ...FOR_SOME_CUSTOMERS,
    names: named(
      /^(customer|kunde|kunden|client|cliente|debitor|klant|kund|顧客|고객)(_?(no|nr|id|code|name|number|nummer))?$|^(kunnr|sold_to(_party)?|id_(group|customer)|customer_group_id)$/,
    ),
    says: (cell) => !ALL.test(cell),
  },
  {
    ...IN_SOME_PLACES,
    names: named(
      /^((tier_)?price_)?(website|store_?view|store|shop|channel|sales_?channel|market|country|target_country|region|land|pays|país|paese|filiale?|tienda|loja|boutique|kanal|vertriebskanal|markt|国|국가|店舗|매장)(_(code|name))?$/,
    ),
    // Amounts may be the prices of one place.
    says: (cell) => !MONEY.test(cell),
    isNoPrice: false,
  },
  {
    ...IN_SOME_PLACES,
    names: named(
      /^(vk_?org|vt_?weg|vertriebsweg|verkaufsorganisation|sales_org(ani[sz]ation)?|distribution_channel|id_(shop|shop_group|country|currency|website|store)|(store|website|channel|market|country|region|currency)_id)$/,
    ),
    says: () => true,
    isNoPrice: true,
  },
  // Before the flags, whose words their names have too.
  ...SALE_TIMES.map((field): Condition => ({
    id: 'sale-dates',
    about: 'sales',
    isPlannable: true,
    names: (name) => CERTAIN[field].includes(name) || saleDayOf(name) === field,
    says: (cell) => {
      const [start = '', end = ''] = field === 'sale_dates' ? cell.split('/') : []
      return field === 'sale_start'
        ? isLater(cell)
        : field === 'sale_end'
          ? isOver(cell)
          : isLater(start) || isOver(end)
    },
    isNoPrice: true,
    finding: 'some sale prices hold no longer, or not yet. Plan the sales by their dates, or empty those sale prices.',
    otherwise: 'Each sale price holds from now on',
  })),
  {
    id: 'flag',
    about: 'sales',
    names: isSaleFlag,
    says: saysNo,
    isNoPrice: false,
    finding: 'some products with a sale price are not on sale. Empty their sale prices in the file.',
    otherwise: 'Each sale price holds',
  },
]

/** Places of the columns that may hold prices of sales. */
export const salePlaces = (names: readonly string[]): number[] =>
  names.flatMap((name, at) => (isSaleName(name) && isPriceName(name) ? [at] : []))

/** Whether a row is one that the condition is about: a product without the price of a sale may well not be on sale. */
function concerns({ about }: Condition, cells: readonly string[], places: PricePlaces): boolean {
  return about === undefined || places[about].some((at) => /[1-9]/.test(cells[at] ?? ''))
}

/** Different cells that are remembered: a file repeats the same few, and reading a date takes 10 µs. */
const MAX_JUDGED = 1_000

/** Whether the rows of a column say its condition. */
export class ConditionCensus {
  readonly #condition: Condition
  readonly #judged = new Set<string>()
  #first: string | undefined
  #holds = false

  constructor(condition: Condition) {
    this.#condition = condition
  }

  add(cells: readonly string[], at: number, places: PricePlaces): void {
    const text = cells[at]?.trim() ?? ''
    if (this.#holds || this.#judged.has(text) || !concerns(this.#condition, cells, places)) return
    if (this.#judged.size < MAX_JUDGED) this.#judged.add(text)
    if (!this.#condition.says(text)) return
    this.#first ??= text
    this.#holds = !this.#condition.ifTheyDiffer || text !== this.#first
  }

  get holds(): boolean {
    return this.#holds
  }
}

/** @param name of a column, as `plainName` writes it */
export function conditionOf(name: string): Condition | undefined {
  return CONDITIONS.find(({ names }) => names(name))
}
