/** Compares what a shopper accepted with what is true now. Pure: placing an order does it under the locks of the rows. */
import { type CartLine, MAX_QUANTITY } from './cartLines.ts'

/** A product as its rows are now. */
export interface OfferedProduct {
  readonly productId: number
  readonly sku: string
  readonly name: string
  /** False: no longer sold, or not in the currency that the shop sells in. */
  readonly sold: boolean
  readonly stock: number
  readonly amountMinor: number
  readonly compareAtMinor: number | null
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

export interface PlannedLine extends OfferedProduct {
  readonly quantity: number
}

export interface OrderPlan {
  /** None: what was accepted is what is true, and may be ordered. */
  readonly changes: readonly OrderChange[]
  /** What can be ordered now, in the order of the cart. */
  readonly lines: readonly PlannedLine[]
}

export interface PlanInput {
  /** What the shopper wants, as the cookie says. */
  readonly cart: readonly CartLine[]
  /** What the form showed. */
  readonly accepted: readonly CartLine[]
  readonly products: readonly OfferedProduct[]
  /** What the accepted versions cost, by product. */
  readonly acceptedMinor: ReadonlyMap<number, number>
}

const nameOf = (product: OfferedProduct | undefined, productId: number) => product?.name ?? `#${productId}`

function unavailable(productId: number, product: OfferedProduct | undefined): OrderChange | undefined {
  const name = nameOf(product, productId)
  if (!product?.sold) return { kind: 'gone', productId, name }
  return product.stock === 0 ? { kind: 'soldOut', productId, name } : undefined
}

export function planOrder({ cart, accepted, products, acceptedMinor }: PlanInput): OrderPlan {
  const byId = new Map(products.map((product) => [product.productId, product]))
  const acceptedById = new Map(accepted.map((line) => [line.productId, line]))
  const changes: OrderChange[] = []
  const lines: PlannedLine[] = []
  for (const { productId, quantity: wanted } of cart) {
    const product = byId.get(productId)
    const name = nameOf(product, productId)
    const seen = acceptedById.get(productId)
    const missing = unavailable(productId, product)
    if (!product || missing) {
      if (missing) changes.push(missing)
      continue
    }
    const quantity = Math.min(wanted, product.stock, MAX_QUANTITY)
    if (wanted !== (seen?.quantity ?? 0))
      changes.push({ kind: 'cart', productId, name, from: seen?.quantity ?? 0, to: wanted })
    if (quantity < wanted) changes.push({ kind: 'fewer', productId, name, from: wanted, to: quantity })
    if (seen?.version !== product.version) {
      const { amountMinor: toMinor, currency } = product
      changes.push({ kind: 'price', productId, name, fromMinor: acceptedMinor.get(productId), toMinor, currency })
    }
    lines.push({ ...product, quantity })
  }
  const inCart = new Set(cart.map(({ productId }) => productId))
  for (const { productId, quantity } of accepted) {
    if (!inCart.has(productId))
      changes.push({ kind: 'cart', productId, name: nameOf(byId.get(productId), productId), from: quantity, to: 0 })
  }
  return { changes, lines }
}
