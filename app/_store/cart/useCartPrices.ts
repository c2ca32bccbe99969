'use client'

import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import type { ShownPrice } from '#lib/money/price.ts'
import { priceStore } from '../prices/priceStore.ts'
import { askForPrices } from '../prices/priceStream.ts'
import type { CartItem } from './cart.ts'

type State = 'asking' | 'known' | 'failed'

let changes = 0
function subscribe(listener: () => void): () => void {
  return priceStore.subscribe(() => {
    changes += 1
    listener()
  })
}

/**
 * Asks for the prices of a cart whenever its products change; the stream then keeps them current.
 * @returns `isSold` is false once the shop has said so, before it was asked again too; `priceOf` knows a price only once the shop has answered: a remembered one may be old.
 */
export function useCartPrices(items: readonly CartItem[] | undefined) {
  const ids = (items ?? []).map((item) => item.productId).join(',')
  const [answer, setAnswer] = useState<{ question: string; known: Set<number> | 'failed' }>()
  const [attempt, setAttempt] = useState(0)
  useSyncExternalStore(
    subscribe,
    () => changes,
    () => 0,
  )

  const question = `${ids};${attempt}`

  useEffect(() => {
    const productIds = question.split(';')[0]?.split(',').filter(Boolean).map(Number) ?? []
    if (productIds.length === 0) return
    let current = true
    askForPrices(priceStore, productIds).then(
      (known) => current && setAnswer({ question, known }),
      () => current && setAnswer({ question, known: 'failed' }),
    )
    return () => {
      current = false
    }
  }, [question])

  const known = answer?.known
  // While it asks about a product that came or went, the others keep their prices.
  const state: State = known === 'failed' ? 'failed' : known && answer?.question === question ? 'known' : 'asking'
  const priceOf = (productId: number): ShownPrice | undefined =>
    known instanceof Set && known.has(productId) ? priceStore.get(productId) : undefined
  const askAgain = useCallback(() => {
    setAnswer(undefined)
    setAttempt((n) => n + 1)
  }, [])
  return { state, priceOf, isSold: priceStore.isSold, askAgain }
}
