/** The products, prices and stocks of a cart at this moment, from one statement. */
import { z } from 'zod'
import { publishShown, readStart } from '#lib/catalog/coherence.ts'
import { readValue } from '#lib/catalog/queries.ts'
import { productName } from '#lib/catalog/productTexts.ts'
import { CARD_JSON, cardVersions, productCard, type ProductCard } from '#lib/catalog/rows.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { SHOP_CURRENCY } from '#lib/money/currencies.ts'
import type { Locale } from '#lib/platform/locales.ts'
import type { CartLine } from './cartLines.ts'
import { type OfferedProduct, type OrderPlan, planOrder } from './planOrder.ts'

const read = z.object({
  cards: z.array(productCard),
  seen: z.array(z.object({ productId: z.number(), amountMinor: z.number() })),
})

export interface Offer extends CartLine {
  /** Undefined: there is no such product. */
  readonly card: ProductCard | undefined
  /** The price of the version that the shopper saw last; undefined where none was seen. */
  readonly seenMinor: number | undefined
}

/** Whether it can be ordered, as far as the shop sells it at all. */
export const isOrderable = ({ card }: Offer): boolean =>
  card?.status === 'active' && card.price.currency === SHOP_CURRENCY.code

/** @returns an offer for each line, in the order of the cart */
export async function readOffers(lines: readonly CartLine[]): Promise<Offer[]> {
  if (lines.length === 0) return []
  const ids = lines.map(({ productId }) => productId)
  const start = await readStart()
  const { cards, seen } = read.parse(
    await readValue(Prisma.sql`
      SELECT jsonb_build_object(
        'cards', COALESCE((SELECT jsonb_agg(${CARD_JSON})
          FROM products p JOIN prices pr ON pr.product_id = p.id WHERE p.id = ANY(${ids}::int[])), '[]'),
        'seen', COALESCE((SELECT jsonb_agg(jsonb_build_object('productId', c.product_id, 'amountMinor', c.new_amount_cents))
          FROM unnest(${ids}::int[], ${lines.map(({ version }) => version)}::bigint[]) AS seen (id, version)
          JOIN price_changes c ON c.product_id = seen.id AND c.version = seen.version), '[]')) AS value`),
  )
  // Publishes first: no page afterwards shows this shopper less.
  await publishShown(cards.flatMap(cardVersions), start)
  return lines.map((line) => ({
    ...line,
    card: cards.find(({ id }) => id === line.productId),
    seenMinor: seen.find(({ productId }) => productId === line.productId)?.amountMinor,
  }))
}

/** The data of the checkout: what can be ordered, and what has changed since the shopper put it into the cart. */
export function planOffers(
  offers: readonly Offer[],
  locale: Locale,
): OrderPlan<OfferedProduct & { readonly card: ProductCard }> {
  const products = offers.flatMap((offer) => {
    const { productId, card } = offer
    if (!card) return []
    const { stock, amountMinor, currency, version } = card.price
    return [
      {
        productId,
        card,
        name: productName(card, locale),
        sold: isOrderable(offer),
        stock,
        amountMinor,
        currency,
        version,
      },
    ]
  })
  const acceptedMinor = new Map(
    offers.flatMap(({ productId, seenMinor }) => (seenMinor === undefined ? [] : [[productId, seenMinor] as const])),
  )
  return planOrder({ cart: offers, accepted: offers, products, acceptedMinor })
}
