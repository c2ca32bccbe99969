/** The payload of a price in the version index: everything that belongs to one version of it. `priceSql.ts` writes it. */
import { z } from 'zod'
import { versionedPrice } from '#lib/money/price.ts'

const pricePayload = versionedPrice.omit({ productId: true }).extend({
  /** When the schedule that set this version ends it (ISO 8601); null when no end is known. */
  validUntil: z.string().nullable(),
})

export type PricePayload = Readonly<z.infer<typeof pricePayload>>

/**
 * @param text of a tag's state; undefined when it is not known
 * @param version of the same state
 * @returns undefined for what is not the payload of that version
 */
export function parsePayload<T extends { readonly version: number }>(
  schema: z.ZodType<T>,
  text: string | undefined,
  version: number,
): T | undefined {
  if (text === undefined) return undefined
  try {
    const { data } = schema.safeParse(JSON.parse(text))
    return data?.version === version ? data : undefined
  } catch {
    return undefined
  }
}

/** The same for a price. */
export function parsePricePayload(text: string | undefined, version: number): PricePayload | undefined {
  return parsePayload(pricePayload, text, version)
}
