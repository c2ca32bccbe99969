/**
 * The slots of the shop's pages: every text that follows from a price or a stock. Pages are rendered once for all of them: in
 * place of these they get placeholders, and ask here for values derived from one. On the server
 * only; the browser gets pages that are filled.
 */
import type { Coherence, Leaf, Placeholders, SlotPort, SlotValue } from '#lib/coherence/index.ts'
import { decimalAmount } from '#lib/money/formatMoney.ts'
import type { ShownPrice } from '#lib/money/price.ts'
import { env } from '#lib/platform/env.ts'
import { isLocale, type Locale } from '#lib/platform/locales.ts'
import { singletonIfCreated } from '#lib/platform/process/processSingleton.ts'
import { availabilityMember, priceMembers } from './jsonLd.ts'
import { describePrices, renderTime } from './pageStatement.ts'
import type { ResourceKind } from './resources.ts'
import {
  amountOfGroup,
  cheapestOf,
  groupStockTexts,
  groupTexts,
  mostOf,
  versionsOfGroup,
  type GroupTexts,
} from './prices/groupPrice.ts'
import { parsePricePayload, type PricePayload } from './prices/pricePayload.ts'
import { reductionOf } from './prices/priceReduction.ts'
import { priceTexts, type PriceTexts } from './prices/priceTexts.ts'
import {
  openGraphAvailability,
  parseStockPayload,
  schemaAvailability,
  stockTexts,
  type Stock,
  type StockTexts,
} from './stock.ts'

/** A version of a price, with what may be shown of a reduction, and when it ends. */
type SlotPrice = PricePayload & Pick<ShownPrice, 'productId' | 'reducedFromMinor'>
type SlotStock = Stock & Pick<ShownPrice, 'productId'>

function readPayload(text: string, version: number, productId: number): SlotPrice | undefined {
  const price = parsePricePayload(text, version)
  if (!price) return undefined
  return { ...price, productId, reducedFromMinor: reductionOf(price, env().PRICE_REDUCTION_RULE).reducedFromMinor }
}

function readStock(text: string, version: number, productId: number): SlotStock | undefined {
  const stock = parseStockPayload(text, version)
  return stock && { ...stock, productId }
}

/** The rows that the kernel hands over are those that the readers of their kinds made. */
const isSlotPrice = (row: object): row is SlotPrice => 'reducedFromMinor' in row
const isStock = (row: object): row is SlotStock => 'quantity' in row

/** Makes leaves that follow from one row of a kind. @param choose which one of a group */
function leavesOf<Row extends object>(
  kind: ResourceKind,
  isRow: (row: object) => row is Row,
  choose: (rows: readonly Row[]) => Row | undefined,
) {
  return (value: (row: Row, argument: string) => SlotValue): Pick<Leaf, 'kind' | 'value'> => ({
    kind,
    value: (rows, argument) => {
      const row = choose(rows.filter(isRow))
      return row && value(row, argument)
    },
  })
}

const ofPrice = leavesOf('price', isSlotPrice, cheapestOf)
const ofStock = leavesOf('stock', isStock, (rows) => mostOf(rows, ({ quantity }) => quantity))

/** By price and language: three leaves show them, of each group that the price is the cheapest of. */
const textsOfPrices = new WeakMap<SlotPrice, Partial<Record<Locale, PriceTexts>>>()

function textsOf(price: SlotPrice, locale: Locale): PriceTexts {
  const texts = textsOfPrices.get(price) ?? {}
  textsOfPrices.set(price, texts)
  return (texts[locale] ??= priceTexts(price, locale))
}

function ofTexts(field: keyof PriceTexts): Pick<Leaf, 'kind' | 'value'> {
  return ofPrice((price, locale) => (isLocale(locale) ? textsOf(price, locale)[field] : undefined))
}

function ofStockTexts(field: 'said' | 'level' | 'soldOut'): Pick<Leaf, 'kind' | 'value'> {
  return ofStock(({ quantity }, locale) => (isLocale(locale) ? stockTexts(quantity, locale)[field] : undefined))
}

const newestOf = (rows: readonly object[]) =>
  rows
    .filter(isSlotPrice)
    .reduce<string | undefined>(
      (newest, { versionUpdatedAt: at }) => (newest !== undefined && newest > at ? newest : at),
      undefined,
    )

const LEAVES = {
  version: { ...ofPrice(({ version }) => version), numeric: true },
  amountMinor: { ...ofPrice(({ amountMinor }) => amountMinor), numeric: true },
  reducedFromMinor: { ...ofPrice(({ reducedFromMinor }) => reducedFromMinor), numeric: true },
  currency: ofPrice(({ currency }) => currency),
  versionUpdatedAt: ofPrice(({ versionUpdatedAt }) => versionUpdatedAt),
  /** As people of a language write it. */
  amount: ofTexts('amount'),
  before: { ...ofTexts('before'), optional: true },
  saving: { ...ofTexts('saving'), optional: true },
  /** As machines read it. */
  decimal: ofPrice(({ amountMinor, currency }) => decimalAmount(amountMinor, currency)),
  /** The values that differ within a group, and so are not known before its prices are. */
  pricedProduct: ofPrice(({ productId }) => productId),
  stockedProduct: ofStock(({ productId }) => productId),
  amountOfGroup: {
    kind: 'price',
    value: (rows, locale) => {
      const prices = rows.filter(isSlotPrice)
      const cheapest = cheapestOf(prices)
      return cheapest && isLocale(locale) ? amountOfGroup(prices, textsOf(cheapest, locale).amount, locale) : undefined
    },
  },
  versionsOfGroup: { kind: 'price', value: (rows) => versionsOfGroup(rows.filter(isSlotPrice)) },
  /** Members of an offer in JSON-LD. */
  offer: ofPrice((price) => priceMembers(price, price.validUntil)),
  /** When the newest of several prices was written. */
  updatedAt: { kind: 'price', value: newestOf },
  /** Since when the page says what it says: since its render, or since the newest price. The argument is in milliseconds. */
  renderedAt: {
    kind: 'price',
    value: (rows, renderedAt) => [new Date(Number(renderedAt)).toISOString(), newestOf(rows) ?? ''].toSorted().at(-1),
  },
  stockVersion: { ...ofStock(({ version }) => version), numeric: true },
  stock: { ...ofStock(({ quantity }) => quantity), numeric: true },
  stockSaid: ofStockTexts('said'),
  stockLevel: ofStockTexts('level'),
  soldOut: ofStockTexts('soldOut'),
  schemaAvailability: ofStock(({ quantity }) => schemaAvailability(quantity)),
  openGraphAvailability: ofStock(({ quantity }) => openGraphAvailability(quantity)),
} as const satisfies Record<string, Leaf>

const KINDS = { price: readPayload, stock: readStock }

/** Whether what a page shows of that kind stands in slots. */
export const isSlotKind = (kind: string): boolean => Object.hasOwn(KINDS, kind)

/** For the caching kernel. */
export function shopSlots(): SlotPort {
  return { secret: env().INTERNAL_SECRET, kinds: KINDS, leaves: LEAVES }
}

/** The kernel of a web instance. While Next builds, and in tests of pages alone, there is none. */
const kernel = () => singletonIfCreated<Coherence>('coherence')

/** Whether what is rendered now becomes a template: prices and stocks are placeholders then. */
export function makesTemplate(): boolean {
  const running = kernel()
  return running?.placeholders !== undefined && running.ownRenders.makesTemplate
}

function placeholdersFor(price: Pick<ShownPrice, 'version'>): Placeholders | undefined {
  const placeholders = kernel()?.placeholders
  return placeholders?.isNumber(price.version) ? placeholders : undefined
}

interface Priced {
  readonly id: number
  readonly price: ShownPrice
}

/** A card of a group, with those of its others. */
export function groupWithPlaceholders<M extends Priced, T extends Priced & { group: { members: M[] } | null }>(
  card: T,
): T {
  const { group } = card
  return withPlaceholders({
    ...card,
    group: group && { ...group, members: group.members.map((member) => withPlaceholders(member)) },
  })
}

/** A card whose price and stock are placeholders: each field that a page shows of them becomes a slot. */
function withPlaceholders<T extends Priced>(card: T): T {
  const placeholders = kernel()?.placeholders
  if (!placeholders) throw new Error('only a web instance renders templates')
  const { id } = card
  const price: ShownPrice = {
    ...card.price,
    version: placeholders.number('version', id),
    amountMinor: placeholders.number('amountMinor', id),
    reducedFromMinor: placeholders.number('reducedFromMinor', id),
    currency: placeholders.text('currency', [id]),
    versionUpdatedAt: placeholders.text('versionUpdatedAt', [id]),
    stockVersion: placeholders.number('stockVersion', id),
    stock: placeholders.number('stock', id),
  }
  return { ...card, price }
}

/** The prices of a group on a card. */
export function shownOfGroup(prices: readonly ShownPrice[], locale: Locale): GroupTexts | undefined {
  const cheapest = cheapestOf(prices)
  if (!cheapest) return undefined
  const placeholders = placeholdersFor(cheapest)
  if (!placeholders) return groupTexts(prices, cheapest, locale)
  const ids = prices.map(({ productId }) => productId)
  const text = (leaf: keyof typeof LEAVES) => placeholders.text(leaf, ids, locale)
  const fact = (leaf: keyof typeof LEAVES) => placeholders.text(leaf, ids)
  return {
    amount: text('amountOfGroup'),
    before: text('before'),
    saving: text('saving'),
    stated: { productId: fact('pricedProduct'), version: fact('version'), amountMinor: fact('amountMinor') },
    versions: fact('versionsOfGroup'),
  }
}

/** The stocks of a group on a card. */
export function shownStockOfGroup(prices: readonly ShownPrice[], locale: Locale): StockTexts | undefined {
  const most = mostOf(prices, ({ stock }) => stock)
  if (!most) return undefined
  const placeholders = placeholdersFor(most)
  if (!placeholders) return groupStockTexts(most, locale)
  const ids = prices.map(({ productId }) => productId)
  const text = (leaf: keyof typeof LEAVES) => placeholders.text(leaf, ids, locale)
  const fact = (leaf: keyof typeof LEAVES) => placeholders.text(leaf, ids)
  return {
    said: text('stockSaid'),
    level: text('stockLevel'),
    soldOut: text('soldOut'),
    stated: { productId: fact('stockedProduct'), stockVersion: fact('stockVersion'), stock: fact('stock') },
  }
}

/** The texts of a price on a page. */
export function shownTexts(price: ShownPrice, locale: Locale): PriceTexts {
  const placeholders = placeholdersFor(price)
  if (!placeholders) return priceTexts(price, locale)
  const text = (leaf: 'amount' | 'before' | 'saving') => placeholders.text(leaf, [price.productId], locale)
  return { amount: text('amount'), before: text('before'), saving: text('saving') }
}

/** The texts of a stock on a page. */
export function shownStock(price: ShownPrice, locale: Locale): StockTexts {
  const placeholders = placeholdersFor(price)
  if (!placeholders) return stockTexts(price.stock, locale)
  const text = (leaf: 'stockSaid' | 'stockLevel' | 'soldOut') => placeholders.text(leaf, [price.productId], locale)
  return { said: text('stockSaid'), level: text('stockLevel'), soldOut: text('soldOut') }
}

/** The stock for social networks. */
export function shownAvailability(price: ShownPrice): string {
  return placeholdersFor(price)?.text('openGraphAvailability', [price.productId]) ?? openGraphAvailability(price.stock)
}

/** As machines read the amount. */
export function shownDecimal(price: ShownPrice): string {
  return placeholdersFor(price)?.text('decimal', [price.productId]) ?? decimalAmount(price.amountMinor, price.currency)
}

/** The part of an offer in JSON-LD that follows from the stock and the price. */
export function shownOffer(price: ShownPrice, validUntil: string | null): string {
  const placeholders = placeholdersFor(price)
  const availability = placeholders?.text('schemaAvailability', [price.productId]) ?? schemaAvailability(price.stock)
  const members = placeholders?.text('offer', [price.productId]) ?? priceMembers(price, validUntil)
  return `${availabilityMember(availability)},${members}`
}

/** The head's statement of its prices and their newest time. @returns undefined when there are none */
export function shownStatement(
  shown: readonly ShownPrice[],
): { versions: string; updatedAt: string; renderedAt: string } | undefined {
  const { versions, updatedAt } = describePrices(shown)
  const [first] = shown
  if (!first || updatedAt === undefined) return undefined
  const renderedAt = renderTime()
  const placeholders = placeholdersFor(first)
  if (!placeholders) return { versions, updatedAt, renderedAt }
  const ids = [...new Set(shown.map(({ productId }) => productId))]
  return {
    versions,
    updatedAt: placeholders.text('updatedAt', ids),
    renderedAt: placeholders.text('renderedAt', ids, String(Date.parse(renderedAt))),
  }
}
