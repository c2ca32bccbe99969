/** Changes of the cart. Loaded when one is made: most pages are only read. */
import { addLine, quantityAsked, setQuantity } from '#lib/orders/cartChanges.ts'
import { type CartLine, formatLines } from '#lib/orders/cartLines.ts'
import { cartNow, expectCart, tabs } from './useCart.ts'

const TIMEOUT_MS = 10_000

let underway = 0
let last: Promise<unknown> = Promise.resolve()

/** One change after the other, in all tabs: each is made of the cookie that the one before has set. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = last
    .catch(() => undefined)
    .then(() => ('locks' in navigator ? navigator.locks.request('cart', work) : work()))
  last = turn
  return turn
}

async function send(form: URLSearchParams): Promise<void> {
  const response = await fetch('/api/cart', {
    method: 'POST',
    body: form,
    keepalive: true, // also when the visitor goes on to another page
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  if (!response.ok) throw new Error(`the cart was not changed: status ${response.status}`)
}

function after(form: URLSearchParams): readonly CartLine[] {
  const [productId = 0, version = 0] = ['product', 'version'].map((name) => Number(form.get(name)))
  const quantity = quantityAsked(form)
  if (form.get('do') === 'add') return addLine(cartNow(), { productId, quantity: 1, version })
  return quantity === undefined ? cartNow() : setQuantity(cartNow(), productId, quantity)
}

/**
 * Sends a change of the cart, as its form without JavaScript would. Pages of this browser show it at once.
 * @throws when the shop does not take it; pages show again what is
 */
export async function changeCart(form: URLSearchParams): Promise<void> {
  underway += 1
  expectCart(after(form))
  try {
    await inTurn(() => send(form))
  } finally {
    underway -= 1
    if (underway === 0) expectCart(undefined)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has no target
    tabs?.postMessage('changed')
  }
}

/** Hands over a cart that was kept in this browser. @throws when the shop does not take it */
export async function adoptCart(lines: readonly CartLine[]): Promise<void> {
  const adopted = formatLines(lines)
  if (adopted !== '') await inTurn(() => send(new URLSearchParams({ do: 'adopt', lines: adopted })))
  expectCart(undefined)
}
