/** Fine enough that the last of a thousand items has several. */
const SLOTS = 2 ** 16
const GOLDEN_RATIO = 0.618_033_988_749_895

/** The i-th point of [0, 1), spread evenly: each run draws the same ones. */
export const spread = (i: number) => (i * GOLDEN_RATIO) % 1

/**
 * Popularity as in shops (Zipf, exponent 1): the second item is asked for half as often as the first, the third a third.
 * @returns the i-th choice
 */
export function byPopularity<T>(items: readonly T[]): (i: number) => T {
  const sums: number[] = []
  for (const i of items.keys()) sums.push((sums.at(-1) ?? 0) + 1 / (i + 1))
  const total = sums.at(-1) ?? 0
  const slots: T[] = []
  let next = 0
  for (const [i, item] of items.entries())
    for (; next < SLOTS && ((next + 0.5) / SLOTS) * total <= (sums[i] ?? 0); next++) slots.push(item)
  return (i) => {
    const item = slots[Math.floor(spread(i) * slots.length)]
    if (item === undefined) throw new Error('nothing to choose from')
    return item
  }
}
