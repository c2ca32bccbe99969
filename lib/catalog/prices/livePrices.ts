/** The prices of this moment, for carts, open tabs and programs: never from a page, always through the version index. */
import { z } from 'zod'
import { CurrentPrices } from './currentPrices.ts'
import { PriceFeed } from './priceFeed.ts'
import { coherence, versionIndex } from '../coherence.ts'
import { type LivePrice, productPrice, type ProductPrice } from '#lib/money/price.ts'
import { db as ownDb, type Db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { processSingleton } from '#lib/platform/process/processSingleton.ts'
import { reductionOf } from './priceReduction.ts'
import { PRICE_JSON } from '../rows.ts'

const row = z.object({ value: productPrice })

/**
 * The rows as they are in Postgres now, in one statement.
 * @returns those that exist, in any order
 */
export async function readPriceFacts(productIds: readonly number[], db: Db = ownDb()): Promise<ProductPrice[]> {
  const rows = await db.$queryRaw`SELECT ${PRICE_JSON} AS value FROM prices pr JOIN products p ON p.id = pr.product_id
    WHERE pr.product_id = ANY(${[...productIds]}::int[])`
  return z
    .array(row)
    .parse(rows)
    .map(({ value }) => value)
}

const currentPrices = () => processSingleton('currentPrices', () => new CurrentPrices(coherence))

/**
 * @returns a price for each product that exists, in the order of `ids`; of one that is no longer sold too, with its status
 * @throws {FreshnessError} SOURCE_UNAVAILABLE when Postgres was needed and did not answer
 */
export async function livePrices(ids: readonly number[]): Promise<LivePrice[]> {
  return (await currentPrices().read(ids)).map((facts) => ({
    ...facts,
    ...reductionOf(facts, env().PRICE_REDUCTION_RULE),
  }))
}

export function priceFeed(): PriceFeed<LivePrice> {
  return processSingleton('priceFeed', () => new PriceFeed(livePrices, versionIndex))
}
