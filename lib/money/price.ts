/**
 * Defines a price: the one schema, from which every type of a price is inferred. It stands in this room and not in
 * `pricing`, because `catalog`, which lies below `pricing`, reads prices too. Amounts are minor units of the currency.
 *
 * Zod is for the server. In a shopper's browser even zod/mini would weigh 6 kB beside the 14 kB of the shop, packed:
 * `app/_store/prices/readPrice.ts` reads prices there, and the compiler and a test hold it to these types.
 */
import { z } from 'zod'
import { MAX_AMOUNT } from './currencies.ts'

const id = z.number().int().positive()
export const version = z.number().int().positive()
export const saleStatus = z.enum(['active', 'discontinued'])

/** Minor units of a price that can be asked. */
export const amount = z.number().int().min(1).max(MAX_AMOUNT)

/** The part of a price that belongs to one version, and never changes. */
export const versionedPrice = z.object({
  productId: id,
  amountMinor: amount,
  /** The former price that the merchant names: it announces a reduction. */
  compareAtMinor: amount.nullable(),
  /** The lowest price of the 30 days before the reduction began; null where none is announced. */
  lowestMinor: amount.nullable(),
  /** ISO 4217. */
  currency: z.string().regex(/^[A-Z]{3}$/),
  version,
  /** ISO 8601 */
  versionUpdatedAt: z.string(),
})

/**
 * A price, whether the product that it belongs to is sold, and how many there are: that belongs to a version of the product and to
 * one of its stock.
 */
export const productPrice = versionedPrice.extend({
  productVersion: version,
  status: saleStatus,
  stockVersion: version,
  stock: z.number().int().nonnegative(),
})

/** The part of a reduction that may be shown: `lib/catalog/prices/priceReduction.ts` decides. */
const reduction = z.object({
  /** The price that may be struck through and that the percentage refers to; null: there is no reduction to show. */
  reducedFromMinor: amount.nullable(),
  /** The meaning of that price. */
  reducedFrom: z.enum(['lowest-of-30-days', 'compare-at']).nullable(),
})

/**
 * As pages show it. Without compare-at: what may be shown of a reduction has been decided. Of what kind the former price is
 * depends on the market of the shop alone, so no price says it.
 */
export const shownPrice = productPrice
  .omit({ compareAtMinor: true, lowestMinor: true })
  .extend({ reducedFromMinor: reduction.shape.reducedFromMinor })

export type VersionedPrice = Readonly<z.infer<typeof versionedPrice>>
export type ProductPrice = Readonly<z.infer<typeof productPrice>>
export type Reduction = Readonly<z.infer<typeof reduction>>
export type ShownPrice = Readonly<z.infer<typeof shownPrice>>
/** A price as `/api/prices` and its stream say it: the facts, and what may be shown of a reduction. */
export type LivePrice = ProductPrice & Reduction

/** A price as its row in Postgres says: what the shop shows. */
export type StoredPrice = Omit<VersionedPrice, 'lowestMinor' | 'version' | 'versionUpdatedAt'> & {
  readonly version: bigint
  readonly versionUpdatedAt: Date
}

/** With the base price, which is shown where no sale is: what people edit. */
export type LayeredPrice = StoredPrice & {
  readonly baseAmountMinor: number
  readonly baseCompareAtMinor: number | null
  /** The version in which the base price last changed. */
  readonly baseVersion: bigint
  /** The sale that is shown; null: the base price is. */
  readonly saleId: string | null
}
