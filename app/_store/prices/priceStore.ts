/**
 * The newest price that this tab has seen of each product, whether it is still sold, and how many there are. Everything that shows a price reads it through here, so that
 * a page out of the router's cache or the back-forward cache never takes a price back to an older version.
 */
import type { ShownPrice } from '#lib/money/price.ts'
import { toWire } from '#lib/money/wire.ts'
import { readPrice } from './readPrice.ts'
import { NEWS_KEY, PRICES_KEY } from './storageKeys.ts'

type Listener = () => void
/** A product that was known already: as it was, and as it is. */
export interface Raised {
  readonly before: ShownPrice
  readonly now: ShownPrice
}
type RaiseListener = (raised: readonly Raised[]) => void
/** The store of prices that outlives a page: the tab's own storage. A tab that is closed forgets, so a restored backup cannot haunt. */
type Saved = Pick<Storage, 'getItem' | 'setItem'>

/** About 60 kB of storage. The oldest are forgotten first. */
const MAX_SAVED = 500

export interface PriceStore {
  /** The newest price seen, if any. */
  get: (productId: number) => ShownPrice | undefined
  /** False once the shop has said that it does not sell the product, or does not know it. */
  isSold: (productId: number) => boolean
  /** Takes what is newer than what is known. @returns what was taken */
  offer: (prices: readonly ShownPrice[]) => ShownPrice[]
  /** Offers what an element of a page came with, together with what the others bring in this turn: 24 cards are saved once. */
  bring: (prices: readonly ShownPrice[]) => void
  /** Takes down which products the shop does not know. */
  setUnknown: (productIds: readonly number[]) => void
  /** Reads again what other pages of this tab have saved. */
  readSaved: () => void
  /** Takes what another tab of this browser has learned. @param news as it stands in storage */
  hear: (news: string | null) => void
  subscribe: (listener: Listener) => () => void
  /** Like `subscribe`, with the products that were already known and have another price or stock, or are no longer or again sold. */
  onRaised: (listener: RaiseListener) => () => void
  /** Says that a product is on the screen. @returns a function that says it no longer is */
  watch: (productId: number, name: string) => () => void
  /** Says that a product must be known though it is not on the screen: one in the cart. @returns as `watch` does */
  follow: (productId: number) => () => void
  /** The products on the screen with their names. */
  watched: () => ReadonlyMap<number, string>
  /** The products that are on the screen or followed. */
  followed: () => number[]
  onWatchedChange: (listener: Listener) => () => void
}

/**
 * Joins two states of a product: each part from the newer version of its own row.
 * @returns `known` itself when `other` has nothing newer
 */
export function newestOf(known: ShownPrice, other: ShownPrice): ShownPrice {
  const newer = (field: 'version' | 'productVersion' | 'stockVersion') => (other[field] > known[field] ? other : known)
  const [price, { productVersion, status }, { stockVersion, stock }] = [
    newer('version'),
    newer('productVersion'),
    newer('stockVersion'),
  ]
  const isWhole = price.productVersion === productVersion && price.stockVersion === stockVersion
  return isWhole ? price : { ...price, productVersion, status, stockVersion, stock }
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

/**
 * @param saved where the tab keeps what it knows
 * @param shared the channel to the other tabs
 */
export function createPriceStore(saved: () => Saved | undefined, shared?: () => Saved | undefined): PriceStore {
  const newest = new Map<number, ShownPrice>()
  const unknown = new Set<number>()
  const watchers = new Map<number, { name: string; count: number }>()
  const followers = new Map<number, number>()
  const changed = listeners<Listener>()
  const raisedBy = listeners<RaiseListener>()
  const watchedBy = listeners<Listener>()

  const write = (storage: Saved | undefined, key: string, prices: readonly ShownPrice[]) => {
    try {
      storage?.setItem(key, JSON.stringify(prices.map(toWire)))
    } catch {
      // Storage that is full or forbidden: this page still never goes back, only the next one may ask again.
    }
  }
  const save = () => write(saved(), PRICES_KEY, [...newest.values()].slice(-MAX_SAVED))

  const offer = (prices: readonly ShownPrice[]): ShownPrice[] => {
    const taken: ShownPrice[] = []
    const raised: Raised[] = []
    for (const price of prices) {
      const known = newest.get(price.productId)
      const now = known ? newestOf(known, price) : price
      if (now === known) continue
      newest.delete(price.productId) // so that it becomes the last in the order of the map
      newest.set(price.productId, now)
      unknown.delete(price.productId)
      taken.push(now)
      if (known && (now.version > known.version || now.status !== known.status || now.stock !== known.stock))
        raised.push({ before: known, now })
    }
    if (taken.length === 0) return []
    for (const listener of changed.all) listener()
    if (raised.length > 0) for (const listener of raisedBy.all) listener(raised)
    return taken
  }

  const take = (text: string | null | undefined): ShownPrice[] => {
    try {
      const list: unknown = JSON.parse(text ?? '[]')
      return Array.isArray(list) ? offer(list.map(readPrice).filter((price) => price !== undefined)) : []
    } catch {
      return [] // not written by the shop
    }
  }

  const setUnknown = (productIds: readonly number[]) => {
    const news = productIds.filter((productId) => !unknown.has(productId))
    for (const productId of news) unknown.add(productId)
    if (news.length > 0) for (const listener of changed.all) listener()
  }

  const follow = (productId: number) => {
    const count = followers.get(productId) ?? 0
    followers.set(productId, count + 1)
    if (count === 0) for (const listener of watchedBy.all) listener()
    return () => {
      const left = (followers.get(productId) ?? 1) - 1
      if (left > 0) return void followers.set(productId, left)
      followers.delete(productId)
      for (const listener of watchedBy.all) listener()
    }
  }

  const watch = (productId: number, name: string) => {
    watchers.set(productId, { name, count: (watchers.get(productId)?.count ?? 0) + 1 })
    const unfollow = follow(productId)
    return () => {
      const left = (watchers.get(productId)?.count ?? 1) - 1
      if (left > 0) watchers.set(productId, { name, count: left })
      else watchers.delete(productId)
      unfollow()
    }
  }

  const offerToAll = (prices: readonly ShownPrice[]): ShownPrice[] => {
    const taken = offer(prices)
    if (taken.length > 0) {
      save()
      write(shared?.(), NEWS_KEY, taken)
    }
    return taken
  }

  let brought: ShownPrice[] = []
  const bring = (prices: readonly ShownPrice[]) => {
    if (brought.length === 0)
      queueMicrotask(() => {
        const all = brought
        brought = []
        offerToAll(all)
      })
    brought.push(...prices)
  }

  return {
    get: (productId) => newest.get(productId),
    isSold: (productId) => !unknown.has(productId) && newest.get(productId)?.status !== 'discontinued',
    setUnknown,
    offer: offerToAll,
    bring,
    readSaved: () => void take(saved()?.getItem(PRICES_KEY)),
    hear: (news) => {
      if (take(news).length > 0) save()
    },
    subscribe: changed.add,
    onRaised: raisedBy.add,
    watch,
    follow,
    followed: () => [...followers.keys()],
    watched: () => new Map([...watchers].map(([productId, { name }]) => [productId, name])),
    onWatchedChange: watchedBy.add,
  }
}

function storage(name: 'sessionStorage' | 'localStorage'): Storage | undefined {
  try {
    return typeof window === 'undefined' ? undefined : window[name]
  } catch {
    return undefined // forbidden by the browser's settings
  }
}

/** The tab's own. On the server it stays empty. */
export const priceStore = createPriceStore(
  () => storage('sessionStorage'),
  () => storage('localStorage'),
)
priceStore.readSaved()
