/** Makes an order of a cart, at the prices that its shopper accepted, or says what has changed. */
import { randomUUID } from 'node:crypto'
import { deliveryPrices, type DeliveryPrices, SHOP_CURRENCY } from '#lib/money/currencies.ts'
import { correlationId as currentCorrelationId } from '#lib/platform/correlation.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { logger } from '#lib/platform/logger.ts'
import { confirmVersions } from '#lib/pricing/acknowledge.ts'
import { PricesBusyError, PriceStoreUnavailableError } from '#lib/pricing/errors.ts'
import { moveStocks } from '#lib/pricing/stock/stockRows.ts'
import { inPriceTransaction, type Transaction } from '#lib/pricing/transaction.ts'
import type { Address } from './address.ts'
import type { Cart } from './cart.ts'
import type { CartLine } from './cartLines.ts'
import { taxIncluded, taxRateOf } from './countries.ts'
import { orderNumber } from './orderNumber.ts'
import { amountsAt, claimKey, type LockedProduct, lockOffered } from './orderRows.ts'
import { type OrderChange, type OrderPlan, planOrder } from './planOrder.ts'

export interface OrderRequest {
  /** As its cookie says. Its id is the idempotency key. */
  readonly cart: Cart
  /** The contents of the form: products, quantities, versions of prices. */
  readonly accepted: readonly CartLine[]
  readonly delivery: {
    readonly method: keyof DeliveryPrices
    /** As the form showed it. */ readonly amountMinor: number
  }
  readonly address: Address
  readonly locale: Locale
  /** As the page says it of the country of delivery: incl. 19 % VAT. */
  readonly taxStatement: string
}

export type OrderOutcome =
  /** `again`: the cart had been ordered before, and nothing was done. */
  | { readonly kind: 'placed'; readonly number: string; readonly again: boolean }
  /** Nothing was done. `lines`: what can be ordered now, at the versions of now. */
  | { readonly kind: 'changed'; readonly changes: readonly OrderChange[]; readonly lines: readonly CartLine[] }
  /** There is nothing in the cart, or nothing that can be ordered. */
  | { readonly kind: 'empty' }
  /** Other transactions hold the rows. Nothing was done; the same again can succeed. */
  | { readonly kind: 'busy' }
  /** Postgres did not answer. The same again makes one order, also where this one was made. */
  | { readonly kind: 'unavailable' }

/** A shopper waits for rows no longer than this. */
const LOCK_TIMEOUT = '3s'
const STATEMENT_TIMEOUT = '5s'

interface Placed {
  readonly number: string
  readonly stocks: readonly { readonly productId: number; readonly version: number }[]
}

async function insertOrder(
  tx: Transaction,
  request: OrderRequest,
  lines: OrderPlan<LockedProduct>['lines'],
  correlationId: string,
): Promise<Placed> {
  const { cart, address, locale, taxStatement } = request
  const { method: deliveryMethod, amountMinor: deliveryMinor } = request.delivery
  const taxRate = taxRateOf(address.country)
  const rows = lines.map(
    ({ productId, sku, name, quantity, amountMinor, compareAtMinor, currency, version }, position) => {
      const totalMinor = amountMinor * quantity
      const taxMinor = taxIncluded(totalMinor, taxRate)
      const price = { amountMinor, compareAtMinor, currency, priceVersion: version }
      return { productId, position, sku, name, quantity, ...price, totalMinor, taxRate, taxMinor }
    },
  )
  const sum = (field: 'totalMinor' | 'taxMinor') => rows.reduce((all, row) => all + row[field], 0)
  const deliveryTaxMinor = taxIncluded(deliveryMinor, taxRate)
  const { number } = await tx.order.create({
    data: {
      number: orderNumber(new Date()),
      idempotencyKey: cart.id,
      locale,
      ...address,
      deliveryMethod,
      currency: SHOP_CURRENCY.code,
      goodsMinor: sum('totalMinor'),
      deliveryMinor,
      totalMinor: sum('totalMinor') + deliveryMinor,
      taxRate,
      deliveryTaxMinor,
      taxMinor: sum('taxMinor') + deliveryTaxMinor,
      taxStatement,
      correlationId,
      lines: { createMany: { data: rows } },
    },
    select: { number: true },
  })
  const stocks = await moveStocks(
    tx,
    lines.map(({ productId, quantity }) => ({ productId, by: -quantity })),
  )
  return { number, stocks }
}

async function place(tx: Transaction, request: OrderRequest, correlationId: string): Promise<OrderOutcome | Placed> {
  const { cart, accepted, delivery } = request
  await tx.$queryRaw`SELECT set_config('lock_timeout', ${LOCK_TIMEOUT}, true), set_config('statement_timeout', ${STATEMENT_TIMEOUT}, true)`
  const made = await claimKey(tx, cart.id)
  if (made !== undefined) return { kind: 'placed', number: made, again: true }
  if (cart.lines.length === 0) return { kind: 'empty' }
  const products = await lockOffered(
    tx,
    [...cart.lines, ...accepted].map(({ productId }) => productId),
    request.locale,
  )
  const versions = new Map(products.map(({ productId, version }) => [productId, version]))
  const outdated = accepted.filter(({ productId, version }) => versions.get(productId) !== version)
  const acceptedMinor = outdated.length > 0 ? await amountsAt(tx, outdated) : new Map<number, number>()
  const { changes, lines } = planOrder({ cart: cart.lines, accepted, products, acceptedMinor })
  const toMinor = deliveryPrices()[delivery.method]
  const all: OrderChange[] =
    toMinor === delivery.amountMinor
      ? [...changes]
      : [...changes, { kind: 'delivery', fromMinor: delivery.amountMinor, toMinor, currency: SHOP_CURRENCY.code }]
  if (all.length === 0) return lines.length === 0 ? { kind: 'empty' } : insertOrder(tx, request, lines, correlationId)
  const offered = lines.map(({ productId, quantity, version }) => ({ productId, quantity, version }))
  return { kind: 'changed', changes: all, lines: offered }
}

/**
 * One transaction: the key of the cart claimed, the rows of products, prices and stocks locked, compared with what was accepted,
 * the order written and the stock taken. After it the version index has the new stocks, as after an edit.
 */
export async function placeOrder(request: OrderRequest): Promise<OrderOutcome> {
  const correlationId = currentCorrelationId() ?? randomUUID()
  const log = logger('orders')
  try {
    const context = { actor: 'shop', reason: 'An order', source: 'api', correlationId }
    const outcome = await inPriceTransaction(context, (tx) => place(tx, request, correlationId))
    if ('kind' in outcome) return outcome
    const { number, stocks } = outcome
    const state = await confirmVersions(
      stocks.map(({ productId, version }) => ({ kind: 'stock', id: productId, version })),
      correlationId,
    )
    log.info({ correlationId, order: number, lines: stocks.length, state }, 'an order was placed')
    return { kind: 'placed', number, again: false }
  } catch (error) {
    if (error instanceof PricesBusyError) return { kind: 'busy' }
    if (!(error instanceof PriceStoreUnavailableError)) throw error
    log.warn({ err: error, correlationId }, 'an order was not confirmed')
    return { kind: 'unavailable' }
  }
}
