/** A cart: products, quantities, and the version of the price that its shopper saw last. It knows no amounts. Runs anywhere. */

export interface CartLine {
  readonly productId: number
  /** 1 to MAX_QUANTITY. */
  readonly quantity: number
  /** The version of the price, as it was shown; 0: none was. */
  readonly version: number
}

export const MAX_QUANTITY = 99
export const MAX_LINES = 50

/** @example formatLines([{ productId: 42, quantity: 2, version: 7 }]) // '42-2-7' */
export function formatLines(lines: readonly CartLine[]): string {
  return lines.map(({ productId, quantity, version }) => `${productId}-${quantity}-${version}`).join('_')
}

const LINE = /^([1-9]\d{0,9})-([1-9]\d?)-(0|[1-9]\d{0,15})$/
export const MAX_ID = 2_147_483_647

/** @returns undefined for what `formatLines` does not make: too many lines, too large a quantity, a product twice */
export function parseLines(text: string): CartLine[] | undefined {
  if (text === '') return []
  const parts = text.split('_', MAX_LINES + 1)
  const lines = parts.flatMap((part) => {
    const [, productId, quantity, version] = LINE.exec(part) ?? []
    return Number(productId) <= MAX_ID && Number.isSafeInteger(Number(version))
      ? [{ productId: Number(productId), quantity: Number(quantity), version: Number(version) }]
      : []
  })
  const products = new Set(lines.map(({ productId }) => productId))
  return lines.length === parts.length && lines.length <= MAX_LINES && products.size === lines.length
    ? lines
    : undefined
}
