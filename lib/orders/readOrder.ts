/** Orders, as their shopper and the back office see them. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { assertMay, type Principal } from '#lib/access/principal.ts'
import type { Prisma } from '#lib/generated/prisma/client.ts'
import type { OrderState } from '#lib/generated/prisma/enums.ts'
import { db } from '#lib/platform/db.ts'

export interface OrderLineView {
  readonly productId: number
  readonly sku: string
  readonly name: string
  readonly quantity: number
  /** The amount of one. */
  readonly amountMinor: number
  readonly totalMinor: number
  /** The version of the accepted price. */
  readonly priceVersion: number
}

export interface OrderView {
  readonly number: string
  readonly state: OrderState
  /** ISO 8601 */
  readonly placedAt: string
  readonly cancelledAt: string | null
  readonly locale: string
  readonly email: string
  readonly name: string
  readonly street: string
  readonly postcode: string
  readonly city: string
  readonly country: string
  readonly deliveryMethod: string
  readonly currency: string
  readonly goodsMinor: number
  readonly deliveryMinor: number
  readonly totalMinor: number
  readonly taxMinor: number
  readonly taxStatement: string
  readonly lines: readonly OrderLineView[]
}

const WITH_LINES = { lines: { orderBy: { position: 'asc' } } } as const satisfies Prisma.OrderInclude

function viewOf(order: Prisma.OrderGetPayload<{ include: typeof WITH_LINES }>): OrderView {
  const { id: _id, idempotencyKey: _key, taxRate: _rate, deliveryTaxMinor: _delivery, ...shown } = order
  return {
    ...shown,
    placedAt: order.placedAt.toISOString(),
    cancelledAt: order.cancelledAt?.toISOString() ?? null,
    goodsMinor: Number(order.goodsMinor),
    totalMinor: Number(order.totalMinor),
    taxMinor: Number(order.taxMinor),
    lines: order.lines.map(({ productId, sku, name, quantity, amountMinor, totalMinor, priceVersion }) => ({
      productId,
      sku,
      name,
      quantity,
      amountMinor,
      totalMinor: Number(totalMinor),
      priceVersion: Number(priceVersion),
    })),
  }
}

/** For a browser that may see it. @returns undefined when there is none of this number */
export async function readOrder(number: string): Promise<OrderView | undefined> {
  const order = await db().order.findUnique({ where: { number }, include: WITH_LINES })
  return order ? viewOf(order) : undefined
}

/** The number of the order that this cart became, if it did. */
export async function orderOfCart(cartId: string): Promise<string | undefined> {
  const order = await db().order.findUnique({ where: { idempotencyKey: cartId }, select: { number: true } })
  return order?.number
}

const digest = (text: string) => createHash('sha256').update(text.trim().toLowerCase()).digest()

/** Whether there is an order of this number, and it is of this e-mail: the answer does not say which of both is wrong. */
export async function isOrderOf(number: string, email: string): Promise<boolean> {
  const order = await db().order.findUnique({ where: { number }, select: { email: true } })
  const isSame = timingSafeEqual(digest(order?.email ?? ''), digest(email))
  return order !== null && isSame
}

const ORDERS_PAGE = 50

export interface OrderListing {
  readonly number: string
  readonly state: OrderState
  readonly placedAt: string
  readonly name: string
  readonly country: string
  readonly currency: string
  readonly totalMinor: number
  /** Articles, all lines together. */
  readonly articles: number
}

/**
 * The newest orders first.
 * @param before only those older than the order of this number
 * @throws {MissingPermissionError}
 */
export async function listOrders(
  principal: Principal,
  before?: string,
): Promise<{ orders: readonly OrderListing[]; next: string | null }> {
  assertMay(principal, 'orders:read')
  const rows = await db().order.findMany({
    orderBy: { id: 'desc' },
    take: ORDERS_PAGE + 1,
    ...(before !== undefined && { cursor: { number: before }, skip: 1 }),
    include: { lines: { select: { quantity: true } } },
  })
  const orders = rows
    .slice(0, ORDERS_PAGE)
    .map(({ number, state, placedAt, name, country, currency, totalMinor, lines }) => ({
      number,
      state,
      name,
      country,
      currency,
      placedAt: placedAt.toISOString(),
      totalMinor: Number(totalMinor),
      articles: lines.reduce((sum, { quantity }) => sum + quantity, 0),
    }))
  return { orders, next: rows.length > ORDERS_PAGE ? (orders.at(-1)?.number ?? null) : null }
}

/** For the back office. @throws {MissingPermissionError} */
export async function officeOrder(principal: Principal, number: string): Promise<OrderView | undefined> {
  assertMay(principal, 'orders:read')
  return readOrder(number)
}
