'use client'

import { useSyncExternalStore } from 'react'
import {
  addLine,
  type CartLine,
  formatLines,
  quantityAsked,
  readStoredCart,
  setQuantity,
} from '#lib/orders/cartLines.ts'
import { readView, viewIn } from './cartView.ts'

/** Where carts were kept before the shop kept them. */
const OLD_STORAGE_KEY = 'evergreen.cart'
const TIMEOUT_MS = 10_000

const listeners = new Set<() => void>()
/** The text that `lines` was read from: a snapshot must stay the same object while nothing has changed. */
let text = ''
let lines: readonly CartLine[] = []
/** As it will be when what was sent is answered. */
let expected: readonly CartLine[] | undefined
let underway = 0

const tabs = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('cart')

function snapshot(): readonly CartLine[] {
  if (expected) return expected
  const now = viewIn(document.cookie)
  if (now !== text) {
    text = now
    lines = readView(now)
  }
  return lines
}

function notify(): void {
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  const events = new AbortController()
  const { signal } = events
  tabs?.addEventListener('message', listener, { signal })
  window.addEventListener('pageshow', listener, { signal })
  document.addEventListener('visibilitychange', listener, { signal })
  return () => {
    listeners.delete(listener)
    events.abort()
  }
}

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
  if (form.get('do') === 'add') return addLine(snapshot(), { productId, quantity: 1, version })
  return quantity === undefined ? snapshot() : setQuantity(snapshot(), productId, quantity)
}

/**
 * Sends a change of the cart, as its form without JavaScript would. Pages of this browser show it at once.
 * @throws when the shop does not take it; pages show again what is
 */
export async function changeCart(form: URLSearchParams): Promise<void> {
  expected = after(form)
  underway += 1
  notify()
  try {
    await inTurn(() => send(form))
  } finally {
    underway -= 1
    if (underway === 0) expected = undefined
    notify()
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has no target
    tabs?.postMessage('changed')
  }
}

/** Hands over the cart that an earlier release kept in this browser, once. */
export async function adoptStoredCart(): Promise<void> {
  try {
    const stored = window.localStorage.getItem(OLD_STORAGE_KEY)
    if (stored === null) return
    const adopted = formatLines(readStoredCart(stored))
    if (adopted !== '') await inTurn(() => send(new URLSearchParams({ do: 'adopt', lines: adopted })))
    window.localStorage.removeItem(OLD_STORAGE_KEY)
    notify()
  } catch {
    // Storage is forbidden, or the shop did not answer: the next page tries again.
  }
}

/** The cart of this browser. @returns undefined on the server and while the page becomes alive */
export function useCart(): readonly CartLine[] | undefined {
  return useSyncExternalStore<readonly CartLine[] | undefined>(subscribe, snapshot, () => undefined)
}
