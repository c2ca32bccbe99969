export const PRODUCTS_PER_PAGE = 24

/**
 * A page number as it stands in an address: whole, from 1, without a sign or leading zeros, so that every page has
 * one address only.
 */
export function parsePage(text: string): number | undefined {
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined
}

/** At least 1: an empty list has a first page that says so. */
export function pageCount(total: number, perPage: number): number {
  return Math.max(1, Math.ceil(total / perPage))
}

/**
 * The page numbers to offer: the first, the last, the neighbours, and `gap` for what is left out.
 * @example pageLinks(6, 12) // [1, 'gap', 5, 6, 7, 'gap', 12]
 */
export function pageLinks(current: number, count: number): (number | 'gap')[] {
  const shown = [1, current - 1, current, current + 1, count]
    .filter((page, i, all) => page >= 1 && page <= count && all.indexOf(page) === i)
    .toSorted((a, b) => a - b)
  return shown.flatMap((page, i) => {
    const skipped = page - (shown[i - 1] ?? 0) - 1
    if (skipped === 0) return [page]
    // A gap of one page is that page.
    return skipped === 1 ? [page - 1, page] : ['gap' as const, page]
  })
}
