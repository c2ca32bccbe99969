/**
 * The cart of a browser, in a signed cookie. Its id is the idempotency key of its order: however many tabs send it, and however
 * often, one cart makes one order.
 */
import { randomUUID } from 'node:crypto'
import { type CartLine, formatLines, parseLines } from './cartLines.ts'
import { signed, unsigned } from './signedText.ts'

export interface Cart {
  readonly id: string
  readonly lines: readonly CartLine[]
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export const isCartId = (text: string): boolean => UUID.test(text)

/** Only where something is put in: Next logs an error for a page that makes a random value while it is prerendered. */
export function newCartId(): string {
  return randomUUID()
}

interface ReadCart {
  /** Undefined of a cart that nothing was put into. */
  readonly id: Cart['id'] | undefined
  readonly lines: Cart['lines']
  readonly damaged: boolean
}

/** For the cookie. */
export function formatCart({ id, lines }: Cart): string {
  return signed('cart', `${id}.${formatLines(lines)}`)
}

/**
 * @param value of the cookie
 * @returns an empty cart where there is none; one that says that it is `damaged` where the value was not made by the shop
 */
export function readCart(value: string | undefined): ReadCart {
  if (value === undefined || value === '') return { id: undefined, lines: [], damaged: false }
  const [id = '', text = ''] = (unsigned('cart', value) ?? '').split('.')
  const lines = isCartId(id) ? parseLines(text) : undefined
  return lines ? { id, lines, damaged: false } : { id: undefined, lines: [], damaged: true }
}
