'use client'

import { useSyncExternalStore } from 'react'
import type { CartLine } from '#lib/orders/cartLines.ts'
import { readView, viewIn } from './cartView.ts'

const listeners = new Set<() => void>()
/** The text that `lines` was read from: a snapshot must stay the same object while nothing has changed. */
let text = ''
let lines: readonly CartLine[] = []
/** As it will be when what was sent is answered. */
let expected: readonly CartLine[] | undefined

/** Pages of this browser that show a cart, too. */
export const tabs = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('cart')

/** The cart of this browser, at this moment. */
export function cartNow(): readonly CartLine[] {
  if (expected) return expected
  const now = viewIn(document.cookie)
  if (now !== text) {
    text = now
    lines = readView(now)
  }
  return lines
}

/** The cart that pages show until the shop has answered a change; undefined: the cart as it is. */
export function expectCart(lines: readonly CartLine[] | undefined): void {
  expected = lines
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

/** The cart of this browser. @returns undefined on the server and while the page becomes alive */
export function useCart(): readonly CartLine[] | undefined {
  return useSyncExternalStore<readonly CartLine[] | undefined>(subscribe, cartNow, () => undefined)
}
