/** Compares what a shopper accepted with what is true now. Pure: placing an order does it under the locks of the rows. */
import type { CartLine } from './cartLines.ts'

/** A product as its rows are now. */
export interface OfferedProduct {
  readonly productId: number
  readonly name: string
  /** False: no longer sold, or not in the currency that the shop sells in. */
  readonly sold: boolean
  readonly stock: number
  readonly amountMinor: number
  readonly currency: string
  readonly version: number
}

/** Something that is not as the shopper accepted it. `from` is what the form showed. */
export type OrderChange =
  | {
      readonly kind: 'price'
      readonly productId: number
      readonly name: string
      /** Undefined: no version with an amount was accepted. */
      readonly fromMinor: number | undefined
      /** The same amount as before is shown too: it is another version, which was not accepted. */
      readonly toMinor: number
      readonly currency: string
    }
  /** `cart`: changed in another tab. `fewer`: there are not so many. `to` 0: it is not in the order any more. */
  | {
      readonly kind: 'cart' | 'fewer'
      readonly productId: number
      readonly name: string
      readonly from: number
      readonly to: number
    }
  | { readonly kind: 'soldOut' | 'gone'; readonly productId: number; readonly name: string }
  | { readonly kind: 'delivery'; readonly fromMinor: number; readonly toMinor: number; readonly currency: string }

export interface OrderPlan<P> {
  /** None: what was accepted is what is true, and may be ordered. */
  readonly changes: readonly OrderChange[]
  /** The lines that can be ordered now, in the order of the cart. */
  readonly lines: readonly (P & { readonly quantity: number })[]
}

export interface PlanInput<P> {
  /** The shopper's cart, from the cookie. */
  readonly cart: readonly CartLine[]
  /** The lines that the form showed. */
  readonly accepted: readonly CartLine[]
  readonly products: readonly P[]
  /** The prices of the accepted versions, by product. */
  readonly acceptedMinor: ReadonlyMap<number, number>
}

const nameOf = (product: OfferedProduct | undefined, productId: number) => product?.name ?? `#${productId}`

/** The change of a product that can be ordered. @param quantity that can be */
function changesOf(
  { productId, quantity: wanted }: CartLine,
  seen: CartLine | undefined,
  { name, version, amountMinor: toMinor, currency }: OfferedProduct,
  quantity: number,
  fromMinor: number | undefined,
): OrderChange[] {
  const shown = seen?.quantity ?? 0
  const isOther = quantity !== shown
  return [
    ...(isOther && wanted !== shown ? [{ kind: 'cart' as const, productId, name, from: shown, to: wanted }] : []),
    ...(isOther && wanted !== quantity
      ? [{ kind: 'fewer' as const, productId, name, from: wanted, to: quantity }]
      : []),
    ...(seen?.version === version ? [] : [{ kind: 'price' as const, productId, name, fromMinor, toMinor, currency }]),
  ]
}

/** A line that was not shown and cannot be ordered is no change: the form stands as it was accepted. */
export function planOrder<P extends OfferedProduct>(input: PlanInput<P>): OrderPlan<P> {
  const { cart, accepted, products, acceptedMinor } = input
  const byId = new Map(products.map((product) => [product.productId, product]))
  const acceptedById = new Map(accepted.map((line) => [line.productId, line]))
  const changes: OrderChange[] = []
  const lines: (P & { quantity: number })[] = []
  for (const line of cart) {
    const { productId } = line
    const product = byId.get(productId)
    const seen = acceptedById.get(productId)
    if (!product?.sold || product.stock === 0) {
      const kind = product?.sold ? 'soldOut' : 'gone'
      if (seen) changes.push({ kind, productId, name: nameOf(product, productId) })
      continue
    }
    const quantity = Math.min(line.quantity, product.stock)
    changes.push(...changesOf(line, seen, product, quantity, acceptedMinor.get(productId)))
    lines.push({ ...product, quantity })
  }
  const inCart = new Set(cart.map(({ productId }) => productId))
  for (const { productId, quantity } of accepted) {
    if (!inCart.has(productId))
      changes.push({ kind: 'cart', productId, name: nameOf(byId.get(productId), productId), from: quantity, to: 0 })
  }
  return { changes, lines }
}
