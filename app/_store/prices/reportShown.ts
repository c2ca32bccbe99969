/** Reports to the shop when a changed price stood on the screen. Loaded only where the shop traces changes. */
import type { PriceStore } from './priceStore.ts'

const MOST_IN_A_REPORT = 50

/** @returns a function that ends it */
export function reportShown(store: Pick<PriceStore, 'onRaised'>): () => void {
  return store.onRaised((raised) => {
    const prices = raised
      .filter(({ before, now }) => now.version > before.version)
      .map(({ now: { productId, version } }) => ({ productId, version }))
      .slice(0, MOST_IN_A_REPORT)
    if (prices.length === 0) return
    const heardAt = performance.now()
    // The frame after the next one shows what this turn has changed.
    requestAnimationFrame(() =>
      requestAnimationFrame(() =>
        navigator.sendBeacon('/api/prices/shown', JSON.stringify({ prices, tookMs: performance.now() - heardAt })),
      ),
    )
  })
}
