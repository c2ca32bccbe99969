/**
 * Reads the statements of a response about prices from its bytes: every place that names an amount or a version.
 * Pure: the same body always reads the same.
 *
 * Separate from the shop's reader and judge (lib/verification) on purpose: a checker that shared their parser would
 * share their mistakes. It also reads more: the text that a person sees, and the flight data.
 */
import { z } from 'zod'
import type { Shown } from './history.ts'

export const PLACES = [
  'meta',
  'element',
  'text',
  'group',
  'flight',
  'json-ld',
  'opengraph',
  'cache-tag',
  'api',
  'feed',
] as const
type Place = (typeof PLACES)[number]

export interface Reading {
  readonly shown: readonly Shown[]
  readonly torn: readonly string[]
  /** The number of statements about a price in each place. */
  readonly places: Readonly<Partial<Record<Place, number>>>
}

/** In a body, JSON stands in a script as it is, in a string with one backslash, in a string of a string with three. */
const q = String.raw`\\*"`

/** A page carries what it hydrates from in pieces: only a value that ends in the same piece is whole. */
const closed = String.raw`${q}(?=/?>|[,}])`
const META = new RegExp(`name${q}?[=:]${q}price-version${q},? ?${q}?content${q}?[=:]${q}([^"\\\\]*)${closed}`, 'g')
/** The attributes, then what a person reads: the amount behind the label for screen readers. */
const ELEMENT =
  /data-product-id="(\d+)" data-price-version="(\d+)" data-amount-cents="(\d+)"[^>]*>(?:<span[^>]*>)+(?:[^<]|<!--[^>]*-->)*<\/span>([^<]*)</g
const FLIGHT = new RegExp(
  `${q}productId${q}:(\\d+),${q}amount(?:Cents|Minor)${q}:(\\d+),[^{}]*?${q}version${q}:(\\d+)[^{}]*}(?:,${q}texts${q}:{${q}amount${q}:${q}([^"\\\\]*)${closed})?`,
  'g',
)
/** The statements of a card about a group: in HTML, and in what it hydrates from. */
const GROUP =
  /data-product-id="(\d+)" data-price-version="(\d+)" data-amount-cents="(\d+)" data-group-prices="([\d@ ]*)"/g
const GROUP_FLIGHT = new RegExp(
  `${q}stated${q}:{${q}productId${q}:${q}?(\\d+)${q}?,${q}version${q}:${q}?(\\d+)${q}?,${q}amountMinor${q}:${q}?(\\d+)${q}?},${q}versions${q}:${q}([\\d@ ]*)${closed}`,
  'g',
)
/** Another product of the group names itself before its offer. Looks back from a word: tried at each quotation mark, it was most of the reading of a page. */
const JSON_LD = new RegExp(
  `(?<=(?:${q}productID${q}:${q}(\\d+)${q},)?${q})offers${q}:{[^{}]*?${q}price${q}:${q}([\\d.]+)${closed}`,
  'g',
)
const OPEN_GRAPH = new RegExp(`(?:og|product):price:amount${q},? ?${q}?content${q}?[=:]${q}([\\d.]+)${closed}`, 'g')
const VERSIONED_PRICE = /price:(\d+)@(\d+)/g

/** Only digits count: each language writes the amount in its own way, and all of them with every decimal of the currency. */
const digits = (text: string): number => Number(text.replace(/\D/g, ''))

class Notes {
  readonly #byProduct = new Map<number, Shown>()
  readonly #stated = new Map<number, { version: number; place: Place }>()
  readonly torn: string[] = []
  readonly places: Partial<Record<Place, number>> = {}

  count(place: Place): void {
    this.places[place] = (this.places[place] ?? 0) + 1
  }

  pair(place: Place, shown: Shown): void {
    this.count(place)
    const known = this.#byProduct.get(shown.productId)
    if (!known) this.#byProduct.set(shown.productId, shown)
    else if (known.version !== shown.version || known.amountCents !== shown.amountCents) {
      this.torn.push(
        `product ${shown.productId}: ${place} says ${shown.amountCents} at version ${shown.version}, another place ${known.amountCents} at ${known.version}`,
      )
    }
  }

  version(place: Place, productId: number, version: number): void {
    this.count(place)
    const known = this.#stated.get(productId)
    if (known && known.version !== version)
      this.torn.push(`product ${productId}: ${place} says version ${version}, ${known.place} ${known.version}`)
    this.#stated.set(productId, { version, place })
  }

  amount(
    place: Place,
    productId: number | undefined,
    text: string,
    expected = productId === undefined ? undefined : this.#byProduct.get(productId)?.amountCents,
  ): void {
    this.count(place)
    if (digits(text) !== expected)
      this.torn.push(`product ${productId ?? '?'}: ${place} says ${text}, another place ${expected ?? 'nothing'}`)
  }

  /** @param versions such as `42@7 43@2`, of all that were compared */
  group(cheapest: Shown, versions: string): void {
    this.pair('group', cheapest)
    const compared = versions.split(' ').map((pair) => pair.split('@').map(Number))
    if (!compared.some(([id]) => id === cheapest.productId))
      this.torn.push(`product ${cheapest.productId}: it is not among those that were compared, ${versions}`)
    for (const [id = 0, version = 0] of compared) {
      this.version('group', id, version)
      const price = this.#byProduct.get(id)
      if (price && price.amountCents < cheapest.amountCents)
        this.torn.push(`product ${id}: it is cheaper than product ${cheapest.productId}, which a group shows`)
    }
  }

  /** @param asked products of which the response is to show a price */
  finish(asked: readonly (number | undefined)[]): Reading {
    for (const id of asked)
      if (id !== undefined && !this.#byProduct.has(id))
        this.torn.push(`product ${id}: it is asked for, and no price of it is shown`)
    for (const [productId, { version, place }] of this.#stated) {
      const shown = this.#byProduct.get(productId)
      if (shown && shown.version !== version)
        this.torn.push(`product ${productId}: ${place} says version ${version}, the price itself ${shown.version}`)
    }
    return { shown: [...this.#byProduct.values()], torn: this.torn, places: this.places }
  }
}

/**
 * Reads a page, or what the client router loads in its place.
 * @param productId whose page it is, where it is one product's
 * @param cacheTag the header, where there is one
 */
export function readPage(body: string, productId: number | undefined, cacheTag = ''): Reading {
  const notes = new Notes()
  for (const [, content = ''] of body.matchAll(META)) {
    for (const pair of content.split(' ')) {
      const [id, version] = pair.split('@').map(Number)
      if (id && version) notes.version('meta', id, version)
    }
  }
  for (const [, id, version] of cacheTag.matchAll(VERSIONED_PRICE))
    notes.version('cache-tag', Number(id), Number(version))
  for (const [, id, version, amount, text = ''] of body.matchAll(ELEMENT)) {
    notes.pair('element', { productId: Number(id), version: Number(version), amountCents: Number(amount) })
    notes.amount('text', Number(id), text, Number(amount))
  }
  for (const [, id, amount, version, text] of body.matchAll(FLIGHT)) {
    notes.pair('flight', { productId: Number(id), version: Number(version), amountCents: Number(amount) })
    if (text !== undefined) notes.amount('text', Number(id), text, Number(amount))
  }
  for (const pattern of [GROUP, GROUP_FLIGHT])
    for (const [, id, version, amount, versions = ''] of body.matchAll(pattern)) {
      const cheapest = { productId: Number(id), version: Number(version), amountCents: Number(amount) }
      notes.group(cheapest, versions)
    }
  for (const [, variant, text = ''] of body.matchAll(JSON_LD))
    notes.amount('json-ld', variant === undefined ? productId : Number(variant), text)
  for (const [, text = ''] of body.matchAll(OPEN_GRAPH)) notes.amount('opengraph', productId, text)
  return notes.finish([productId])
}

const ITEM = /<item>(.*?)<\/item>/gs
const SALE_PRICE = /<g:sale_price>([\d.]+) [A-Z]{3}</
const PRICE = /<g:price>([\d.]+) [A-Z]{3}</
const MADE_FROM = /<v:made-from product-id="(\d+)" price="(\d+)" amount-cents="(\d+)"/

/** Reads a part of the product feed. @param productId a product that it is to have */
export function readFeed(body: string, productId: number | undefined): Reading {
  const notes = new Notes()
  for (const [, item = ''] of body.matchAll(ITEM)) {
    const [, id, version, amount] = MADE_FROM.exec(item) ?? []
    const [, asked = ''] = SALE_PRICE.exec(item) ?? PRICE.exec(item) ?? []
    notes.pair('feed', { productId: Number(id), version: Number(version), amountCents: Number(amount) })
    notes.amount('feed', Number(id), asked, Number(amount))
  }
  return notes.finish([productId])
}

const prices = z.array(z.object({ productId: z.int(), version: z.int(), amountCents: z.int() }))

/** Reads an answer of `GET /api/prices`. @param ids the products that were asked for */
export function readPrices(body: string, ids: readonly number[]): Reading {
  const notes = new Notes()
  for (const price of prices.parse(JSON.parse(body))) notes.pair('api', price)
  return notes.finish(ids)
}
