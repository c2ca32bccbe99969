/** What a cart is. It knows no prices: those are asked for when it is looked at. */

export interface CartItem {
  productId: number
  slug: string
  name: string
  image: string
  quantity: number
}

export const MAX_QUANTITY = 99
const MAX_ITEMS = 50

function clampQuantity(quantity: number): number {
  return Math.min(MAX_QUANTITY, Math.max(1, Math.round(quantity) || 1))
}

/** Puts a product in, or more of one that is there. */
export function addItem(items: readonly CartItem[], item: CartItem): CartItem[] {
  const there = items.find(({ productId }) => productId === item.productId)
  if (there) return setQuantity(items, item.productId, there.quantity + item.quantity)
  return [...items, { ...item, quantity: clampQuantity(item.quantity) }].slice(-MAX_ITEMS)
}

export function setQuantity(items: readonly CartItem[], productId: number, quantity: number): CartItem[] {
  return items.map((item) => (item.productId === productId ? { ...item, quantity: clampQuantity(quantity) } : item))
}

export function removeItem(items: readonly CartItem[], productId: number): CartItem[] {
  return items.filter((item) => item.productId !== productId)
}

/**
 * What can be bought: what the shop no longer sells stays in the cart, says so, and counts nowhere. Totals, the number of
 * articles and an order are made of this.
 * @param isSold as far as is known
 */
export function orderableItems(items: readonly CartItem[], isSold: (productId: number) => boolean): CartItem[] {
  return items.filter(({ productId }) => isSold(productId))
}

export function countItems(items: readonly CartItem[]): number {
  return items.reduce((count, item) => count + item.quantity, 0)
}

function readItem(value: unknown): CartItem | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { productId, slug, name, image, quantity } = {
    productId: 0,
    slug: '',
    name: '',
    image: '',
    quantity: 0,
    ...value,
  }
  if (!Number.isSafeInteger(productId) || productId <= 0 || typeof quantity !== 'number') return undefined
  // Only the shop's own pictures: storage is the visitor's, and other scripts may have written to it.
  if (typeof slug !== 'string' || typeof name !== 'string' || typeof image !== 'string' || !/^\/(?!\/)/.test(image))
    return undefined
  return { productId, slug, name, image, quantity: clampQuantity(quantity) }
}

/** Reads what was stored. @returns an empty cart for anything that is not one */
export function readCart(text: string | null): CartItem[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(list)
      ? list
          .map(readItem)
          .filter((item) => item !== undefined)
          .slice(0, MAX_ITEMS)
      : []
  } catch {
    return []
  }
}
