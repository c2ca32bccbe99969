/**
 * Runs in the browser as the text of an inline script, before the first price of a document is parsed: it refers to nothing
 * outside of itself. It hides each price and stock that is older than what this tab has shown, until the element says a
 * version that is not. So it covers what React has not reached yet: a document out of a cache, a page out of the back-forward cache.
 */
export function hideOutdated(pricesKey: string, seenKey: string): void {
  const MOST = 500
  const root = document.documentElement
  /** `price 42` and `stock 42` to the highest version that this tab has shown. */
  const seen = new Map<string, number>()
  const see = (name: string, version: number) => {
    if (version > (seen.get(name) ?? 0)) seen.set(name, version)
  }
  const readSeen = () => {
    for (const key of [pricesKey, seenKey]) {
      try {
        for (const { productId, version, stockVersion } of JSON.parse(sessionStorage.getItem(key) ?? '[]')) {
          see(`price ${productId}`, Number(version))
          see(`stock ${productId}`, Number(stockVersion))
        }
      } catch {
        // Nothing that can be read was stored, or storage is forbidden.
      }
    }
  }
  const live = () => root.querySelectorAll<HTMLElement>('[data-live]')
  /** `42@7 43@2`: each price that a card of a group has compared. */
  const pairsOf = (text: string) => text.split(' ').map((pair) => pair.split('@'))
  const check = ({ dataset }: HTMLElement) => {
    const { productId, priceVersion, stockOf, stockVersion, groupPrices = '' } = dataset
    const isOutdated =
      pairsOf(groupPrices).some(([id, version]) => Number(version) < (seen.get(`price ${id}`) ?? 0)) ||
      Number(priceVersion) < (seen.get(`price ${productId}`) ?? 0) ||
      Number(stockVersion) < (seen.get(`stock ${stockOf}`) ?? 0)
    if (isOutdated) dataset['outdated'] = ''
    else delete dataset['outdated']
  }

  new MutationObserver(() => live().forEach(check)).observe(root, {
    subtree: true,
    childList: true,
    attributeFilter: ['data-price-version', 'data-group-prices', 'data-stock-version'],
  })
  addEventListener('pagehide', () => {
    const shown = [...live()]
      .filter(({ dataset }) => dataset['outdated'] === undefined)
      .flatMap(({ dataset: { productId, stockOf, priceVersion, stockVersion, groupPrices } }) =>
        groupPrices
          ? pairsOf(groupPrices).map(([id, version]) => ({ productId: id, version, stockVersion: undefined }))
          : [{ productId: productId ?? stockOf, version: priceVersion, stockVersion }],
      )
    try {
      const before: unknown = JSON.parse(sessionStorage.getItem(seenKey) ?? '[]')
      const all = [...(Array.isArray(before) ? before : []), ...shown].slice(-MOST)
      sessionStorage.setItem(seenKey, JSON.stringify(all))
    } catch {
      // Full or forbidden: the tab then knows what its price store knows.
    }
    // A page can come back as it is now: the frame that it then starts with has no price.
    root.dataset['asleep'] = ''
  })
  addEventListener('pageshow', () => {
    readSeen()
    live().forEach(check)
    delete root.dataset['asleep']
  })
  readSeen()
}
