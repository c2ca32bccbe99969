/** Suggests the SKU that an unknown one was most likely meant to be. It is never taken in silence. */
import { db } from '#lib/platform/db.ts'
import { withoutInvisible } from './sku.ts'

/** As many as a GTIN-14 has. A spreadsheet takes the zeros before a number away. */
const MAX_DIGITS = 14
/** Decimals that a spreadsheet takes from the end of a number. */
const MAX_LOST_DECIMALS = 3

/** The characters that word processors put in place of a hyphen. */
const DASHES = /[\u2010-\u2015\u2212]/g

/** Quotes around it, the sign of a number, and what an encoding has lost. */
const AT_EDGES = /^[\p{Pi}\p{Pf}'"„#\ufffd]+|[\p{Pi}\p{Pf}'"\ufffd]+$/gu

/** A spreadsheet keeps a code as `="00123"`; an apostrophe before it does the same. */
function withoutQuoting(sku: string): string {
  return (/^="?([^"]*)"?$/.exec(sku)?.[1] ?? sku).replaceAll(AT_EDGES, '')
}

/** A number as a spreadsheet may have found it: with zeros before it, or behind its decimals. */
function withZeros(sku: string): string[] {
  const whole = /^(\d+)(?:\.0+)?$/.exec(sku)?.[1]
  if (whole !== undefined) {
    const bare = whole.replace(/^0+/, '')
    const longer = Math.max(0, MAX_DIGITS - bare.length)
    return [whole, bare, ...Array.from({ length: longer }, (_none, i) => '0'.repeat(i + 1) + bare)]
  }
  if (!/^\d+\.\d+$/.test(sku)) return []
  return Array.from({ length: MAX_LOST_DECIMALS }, (_none, i) => sku + '0'.repeat(i + 1))
}

/** From this exponent on a spreadsheet has cut a long number: its last digits are lost. */
const CUT_FROM = 11

/** A code that a spreadsheet has taken for a number: it writes 1E5 as `1E+05`. */
function fromExponent(sku: string): string[] {
  const [, before = '', exponent] = /^(\d+(?:\.\d+)?)E\+0*(\d+)$/i.exec(sku) ?? []
  return exponent === undefined || Number(exponent) >= CUT_FROM ? [] : [`${before}E${exponent}`]
}

function visibleIn(sku: string): string {
  return withoutInvisible(withoutQuoting(withoutInvisible(sku))).replaceAll(DASHES, '-')
}

function variantsOf(sku: string): string[] {
  const visible = visibleIn(sku)
  const plain = [visible, visible.normalize('NFC'), visible.normalize('NFKC')]
  return [...new Set([...plain, ...withZeros(visible.normalize('NFKC')), ...fromExponent(visible)])].filter(
    (variant) => variant !== '',
  )
}

interface Found {
  readonly sku: string
  readonly asked: string
  /** Only their keys are the same. */
  readonly loose: boolean
}

/**
 * @returns for those of the SKUs that have one, the SKU of the only product that differs in case, in what cannot be seen, in
 *   zeros that a spreadsheet takes away, or in its quoting; without such a product, that of the only one with the same `sku_key`: it
 *   differs in separators, in zeros before a number within it, or in letters of another alphabet
 */
export async function nearSkus(skus: readonly string[]): Promise<Map<string, string>> {
  const asked = skus.filter((sku) => !sku.includes('\0'))
  const variants = new Map(
    asked.map((sku) => [sku, { strict: variantsOf(sku), loose: visibleIn(sku).normalize('NFKC') }]),
  )
  const strict = [...new Set([...variants.values()].flatMap((one) => one.strict))]
  if (strict.length === 0) return new Map()
  const loose = [...new Set([...variants.values()].map((one) => one.loose))]
  const found = await db().$queryRaw<Found[]>`
    SELECT p.sku, asked.sku AS asked, false AS loose
    FROM unnest(${strict}::text[]) AS asked (sku) JOIN products p ON lower(p.sku) = lower(asked.sku)
    UNION ALL SELECT p.sku, asked.sku, true
    FROM unnest(${loose}::text[]) AS asked (sku) JOIN products p ON sku_key(p.sku) = sku_key(asked.sku) WHERE sku_key(asked.sku) <> ''`
  const [byKey, byVariant] = [true, false].map((kind) =>
    Map.groupBy(
      found.filter((one) => one.loose === kind),
      (one) => one.asked,
    ),
  )
  const productsOf = (groups: typeof byKey, texts: readonly string[]) =>
    new Set(texts.flatMap((text) => (groups?.get(text) ?? []).map((one) => one.sku)))
  return new Map(
    [...variants].flatMap(([sku, all]) => {
      const close = productsOf(byVariant, all.strict)
      const exact = all.strict.find((variant) => variant !== sku && close.has(variant))
      const products = close.size > 0 ? close : productsOf(byKey, [all.loose])
      const [only] = products
      const near = exact ?? (products.size === 1 ? only : undefined)
      return near === undefined || near === sku ? [] : [[sku, near] as const]
    }),
  )
}
