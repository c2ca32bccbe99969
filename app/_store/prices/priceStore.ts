/**
 * The newest price that this tab has seen of each product. Everything that shows a price reads it through here, so that
 * a page out of the router's cache or the back-forward cache never takes a price back to an older version.
 */
import type { ShownPrice } from '#lib/catalog/rows.ts'

type Listener = () => void
type RaiseListener = (raised: readonly ShownPrice[]) => void
/** Where prices outlive a page: the tab's own storage. A tab that is closed forgets, so a restored backup cannot haunt. */
type Saved = Pick<Storage, 'getItem' | 'setItem'>

const STORAGE_KEY = 'evergreen.prices'
/** About 60 kB of storage. The oldest are forgotten first. */
const MAX_SAVED = 500

export interface PriceStore {
  /** The newest price seen, if any. */
  get: (productId: number) => ShownPrice | undefined
  /** Takes what is newer than what is known. @returns what was taken */
  offer: (prices: readonly ShownPrice[]) => ShownPrice[]
  /** Reads again what other pages of this tab have saved. */
  readSaved: () => void
  subscribe: (listener: Listener) => () => void
  /** Like `subscribe`, and told which prices of products that were already known have become newer. */
  onRaised: (listener: RaiseListener) => () => void
  /** Says that a product is on the screen. @returns a function that says it no longer is */
  watch: (productId: number, name: string) => () => void
  /** The products on the screen with their names. */
  watched: () => ReadonlyMap<number, string>
  onWatchedChange: (listener: Listener) => () => void
}

/** Reads what came over the wire. @returns undefined for anything that is not a price */
export function readPrice(value: unknown): ShownPrice | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const field = (name: string): unknown => Reflect.get(value, name)
  const [productId, amountCents, version] = [field('productId'), field('amountCents'), field('version')]
  const [compareAtCents, currency, versionUpdatedAt] = [
    field('compareAtCents'),
    field('currency'),
    field('versionUpdatedAt'),
  ]
  if (!isCount(productId) || !isCount(amountCents) || !isCount(version)) return undefined
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency) || typeof versionUpdatedAt !== 'string')
    return undefined
  return {
    productId,
    amountCents,
    compareAtCents: isCount(compareAtCents) ? compareAtCents : null,
    currency,
    version,
    versionUpdatedAt,
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}

function listeners<L extends (...args: never[]) => void>() {
  const all = new Set<L>()
  return {
    all,
    add: (listener: L) => {
      all.add(listener)
      return () => void all.delete(listener)
    },
  }
}

export function createPriceStore(saved: () => Saved | undefined): PriceStore {
  const newest = new Map<number, ShownPrice>()
  const watchers = new Map<number, { name: string; count: number }>()
  const changed = listeners<Listener>()
  const raisedBy = listeners<RaiseListener>()
  const watchedBy = listeners<Listener>()

  const save = () => {
    try {
      saved()?.setItem(STORAGE_KEY, JSON.stringify([...newest.values()].slice(-MAX_SAVED)))
    } catch {
      // Storage that is full or forbidden: this page still never goes back, only the next one may ask again.
    }
  }

  const offer = (prices: readonly ShownPrice[]): ShownPrice[] => {
    const taken = prices.filter((price) => price.version > (newest.get(price.productId)?.version ?? 0))
    if (taken.length === 0) return []
    const raised = taken.filter((price) => newest.has(price.productId))
    for (const price of taken) {
      newest.delete(price.productId) // so that it becomes the last in the order of the map
      newest.set(price.productId, price)
    }
    for (const listener of changed.all) listener()
    if (raised.length > 0) for (const listener of raisedBy.all) listener(raised)
    return taken
  }

  const readSaved = () => {
    try {
      const list: unknown = JSON.parse(saved()?.getItem(STORAGE_KEY) ?? '[]')
      if (Array.isArray(list)) offer(list.map(readPrice).filter((price) => price !== undefined))
    } catch {
      // Nothing that could be read was saved.
    }
  }

  const watch = (productId: number, name: string) => {
    const watcher = watchers.get(productId)
    watchers.set(productId, { name, count: (watcher?.count ?? 0) + 1 })
    if (!watcher) for (const listener of watchedBy.all) listener()
    return () => {
      const left = (watchers.get(productId)?.count ?? 1) - 1
      if (left > 0) return void watchers.set(productId, { name, count: left })
      watchers.delete(productId)
      for (const listener of watchedBy.all) listener()
    }
  }

  return {
    get: (productId) => newest.get(productId),
    offer: (prices) => {
      const taken = offer(prices)
      if (taken.length > 0) save()
      return taken
    },
    readSaved,
    subscribe: changed.add,
    onRaised: raisedBy.add,
    watch,
    watched: () => new Map([...watchers].map(([productId, { name }]) => [productId, name])),
    onWatchedChange: watchedBy.add,
  }
}

function tabStorage(): Storage | undefined {
  try {
    return typeof window === 'undefined' ? undefined : window.sessionStorage
  } catch {
    return undefined // forbidden by the browser's settings
  }
}

/** The tab's own. On the server it stays empty. */
export const priceStore = createPriceStore(tabStorage)
priceStore.readSaved()
