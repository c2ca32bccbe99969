/** The payload of a price in the version index: everything that belongs to one version of it. `priceSql.ts` writes it. */
import { z } from 'zod'
import { versionedPrice } from '#lib/money/price.ts'

const pricePayload = versionedPrice.omit({ productId: true }).extend({
  /** When the sale that this version shows ends (ISO 8601); null where it shows none. */
  validUntil: z.string().nullable(),
})

export type PricePayload = Readonly<z.infer<typeof pricePayload>>

/**
 * @param text of a tag's state; undefined when it is not known
 * @param version of the same state
 * @returns undefined for what is not the payload of that version
 */
export function parsePricePayload(text: string | undefined, version: number): PricePayload | undefined {
  if (text === undefined) return undefined
  try {
    const { data } = pricePayload.safeParse(JSON.parse(text))
    return data?.version === version ? data : undefined
  } catch {
    return undefined
  }
}
