/** The cookies of the cart and of the orders that this browser may see. On the server. */
import { cookies } from 'next/headers'
import { type Cart, formatCart, readCart } from '#lib/orders/cart.ts'
import { formatLines } from '#lib/orders/cartLines.ts'
import { readOrderNumber } from '#lib/orders/orderNumber.ts'
import { signed, unsigned } from '#lib/orders/signedText.ts'
import { env } from '#lib/platform/env.ts'
import { CART_VIEW_COOKIE } from './cartView.ts'

// Neither begins with `evergreen.`, which the edges take for a session: a shopper with a cart gets pages from there too.
const CART = 'cart'
const ORDERS = 'orders'
/** Seconds. */
const CART_KEPT = 60 * 86_400
const ORDERS_KEPT = 86_400
const MOST_ORDERS = 10

type Jar = Awaited<ReturnType<typeof cookies>>

const isSecure = () => env().PUBLIC_URL.startsWith('https:')
/** A cookie of this prefix cannot come from another host of the domain, or over plain HTTP; browsers refuse it there. */
const nameOf = (plain: string) => (isSecure() ? `__Host-${plain}` : plain)

function set(jar: Jar, name: string, value: string, maxAge: number, httpOnly = true): void {
  jar.set(nameOf(name), value, { httpOnly, sameSite: 'lax', secure: isSecure(), path: '/', maxAge })
}

/** The cart of the browser that sent the request. */
export async function cartOfBrowser(): Promise<ReturnType<typeof readCart>> {
  return readCart((await cookies()).get(nameOf(CART))?.value)
}

/** Beside the cart goes what a page may read of it: what the number beside its icon is made of. */
export async function keepCart(cart: Cart): Promise<void> {
  const jar = await cookies()
  const isEmpty = cart.lines.length === 0
  set(jar, CART, isEmpty ? '' : formatCart(cart), isEmpty ? 0 : CART_KEPT)
  set(jar, CART_VIEW_COOKIE, formatLines(cart.lines), isEmpty ? 0 : CART_KEPT, false)
}

async function ordersOfBrowser(jar: Jar): Promise<string[]> {
  const numbers = unsigned('orders', jar.get(nameOf(ORDERS))?.value ?? '')?.split('_') ?? []
  return numbers.filter((number) => readOrderNumber(number) !== undefined)
}

/** Whether this browser has placed the order, or shown that it knows its number and e-mail. */
export async function maySeeOrder(number: string): Promise<boolean> {
  return (await ordersOfBrowser(await cookies())).includes(number)
}

export async function letSeeOrder(number: string): Promise<void> {
  const jar = await cookies()
  const others = (await ordersOfBrowser(jar)).filter((other) => other !== number)
  set(jar, ORDERS, signed('orders', [...others, number].slice(-MOST_ORDERS).join('_')), ORDERS_KEPT)
}
