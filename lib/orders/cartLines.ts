/** What a cart is: products, quantities, and the version of the price that its shopper saw last. It knows no amounts. Runs anywhere. */

export interface CartLine {
  readonly productId: number
  /** 1 to MAX_QUANTITY. */
  readonly quantity: number
  /** Of the price, as it was shown; 0: none was. */
  readonly version: number
}

export const MAX_QUANTITY = 99
export const MAX_LINES = 50

/** @returns the nearest quantity that a line can have */
function clampQuantity(quantity: number): number {
  return Math.min(MAX_QUANTITY, Math.max(1, Math.round(quantity) || 1))
}

/** Puts a product in, or more of one that is there; the version is then the one of the last time. */
export function addLine(lines: readonly CartLine[], line: CartLine): CartLine[] {
  const there = lines.find(({ productId }) => productId === line.productId)
  if (!there) return [...lines, { ...line, quantity: clampQuantity(line.quantity) }].slice(-MAX_LINES)
  const more = { ...there, quantity: clampQuantity(there.quantity + line.quantity), version: line.version }
  return lines.map((other) => (other === there ? more : other))
}

/** @param quantity below 1 takes the product out */
export function setQuantity(lines: readonly CartLine[], productId: number, quantity: number): CartLine[] {
  if (quantity < 1) return lines.filter((line) => line.productId !== productId)
  return lines.map((line) => (line.productId === productId ? { ...line, quantity: clampQuantity(quantity) } : line))
}

/** @example formatLines([{ productId: 42, quantity: 2, version: 7 }]) // '42-2-7' */
export function formatLines(lines: readonly CartLine[]): string {
  return lines.map(({ productId, quantity, version }) => `${productId}-${quantity}-${version}`).join('_')
}

const LINE = /^([1-9]\d{0,9})-([1-9]\d?)-(0|[1-9]\d{0,15})$/
const MAX_ID = 2_147_483_647

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

/**
 * The quantity that a stepper asks for: that of the button that was pressed, or the one that was typed.
 * @returns undefined for what is no whole number
 */
export function quantityAsked(form: URLSearchParams): number | undefined {
  const text = form.get('quantity') ?? form.get('typed') ?? ''
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0

/**
 * The cart that a browser kept by itself, before the shop did: products and quantities, and nothing else of what is there.
 * @param text JSON that the visitor, and other scripts, may have written
 */
export function readStoredCart(text: string | null): CartLine[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]')
    if (!Array.isArray(list)) return []
    return list.slice(0, MAX_LINES).reduce<CartLine[]>((lines, value: unknown) => {
      const { productId, quantity } = Object(value)
      if (!isCount(productId) || productId > MAX_ID || typeof quantity !== 'number') return lines
      return addLine(lines, { productId, quantity: clampQuantity(quantity), version: 0 })
    }, [])
  } catch {
    return []
  }
}
