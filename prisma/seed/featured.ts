/** The twelve products of the home page: one from each of twelve shelves, chosen for how they look together. */
const FEATURED = new Set([0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 13, 15])

export function isFeatured(index: number): boolean {
  return FEATURED.has(index)
}
