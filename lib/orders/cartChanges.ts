/** Applies a change to a cart. Runs anywhere. */
import { type CartLine, MAX_LINES, MAX_QUANTITY } from './cartLines.ts'

/** @returns the nearest quantity that a line can have */
export function clampQuantity(quantity: number): number {
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

/**
 * The quantity that a stepper asks for: that of the button that was pressed, or the one that was typed.
 * @returns undefined for what is no whole number
 */
export function quantityAsked(form: URLSearchParams): number | undefined {
  const text = form.get('quantity') ?? form.get('typed') ?? ''
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined
}
