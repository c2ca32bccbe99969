/** The part of the cart that pages may read: its products and quantities, in a cookie that is set beside the signed one. Runs anywhere. */
import { type CartLine, parseLines } from '#lib/orders/cartLines.ts'

export const CART_VIEW_COOKIE = 'cart-view'
const IN_COOKIES = new RegExp(`(?:^|; )(?:__Host-)?${CART_VIEW_COOKIE}=([^;]*)`)

/** @param cookies of the document */
export function viewIn(cookies: string): string {
  return IN_COOKIES.exec(cookies)?.[1] ?? ''
}

export function readView(text: string): readonly CartLine[] {
  return parseLines(text) ?? []
}

/** Articles, all lines together. */
export function countArticles(lines: readonly Pick<CartLine, 'quantity'>[]): number {
  return lines.reduce((count, { quantity }) => count + quantity, 0)
}
