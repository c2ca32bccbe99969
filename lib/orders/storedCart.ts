import { addLine, clampQuantity } from './cartChanges.ts'
import { type CartLine, MAX_ID, MAX_LINES } from './cartLines.ts'

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
