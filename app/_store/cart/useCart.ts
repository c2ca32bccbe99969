'use client'

import { useSyncExternalStore } from 'react'
import { readCart, type CartItem } from './cart.ts'

const STORAGE_KEY = 'evergreen.cart'

const listeners = new Set<() => void>()
/** The text that `items` was read from: a snapshot must stay the same object while nothing has changed. */
let text: string | null | undefined
let items: CartItem[] = []

function storedText(): string | null {
  try {
    return window.localStorage.getItem(STORAGE_KEY)
  } catch {
    return text ?? null // storage is forbidden: the cart lives as long as the page
  }
}

function snapshot(): CartItem[] {
  const stored = storedText()
  if (stored !== text) {
    text = stored
    items = readCart(stored)
  }
  return items
}

function subscribe(listener: () => void): () => void {
  const onStorage = (event: StorageEvent) => {
    if (event.key === STORAGE_KEY || event.key === null) listener()
  }
  listeners.add(listener)
  window.addEventListener('storage', onStorage) // another tab
  return () => {
    listeners.delete(listener)
    window.removeEventListener('storage', onStorage)
  }
}

/** Changes the cart in this tab and in all others. */
export function updateCart(change: (items: readonly CartItem[]) => CartItem[]): void {
  const next = JSON.stringify(change(snapshot()))
  try {
    window.localStorage.setItem(STORAGE_KEY, next)
  } catch {
    text = next
    items = readCart(next)
  }
  for (const listener of listeners) listener()
}

/** The cart of this browser. @returns undefined on the server and while the page becomes alive */
export function useCart(): readonly CartItem[] | undefined {
  return useSyncExternalStore<readonly CartItem[] | undefined>(subscribe, snapshot, () => undefined)
}
