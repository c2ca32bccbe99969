/** Keeps the prices on the screen and in the cart current by one event stream for all of them, which begins with those of now. */
import type { ShownPrice } from '#lib/money/price.ts'
import type { PriceStore } from './priceStore.ts'
import { readPrice } from './readPrice.ts'
import { NEWS_KEY } from './storageKeys.ts'

/** Elements of one page appear within this time: one connection serves them all. */
const SETTLE_MS = 150
const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 30_000
/** A line of two seconds has said something by then. */
const LOST_AFTER_MS = 6_000
/** The stream says every 15 s that it is there. */
const SILENT_MS = 40_000
/** As many products as one address can hold comfortably. */
const MOST_FOLLOWED = 400

/**
 * Follows the products on the screen and in the cart. A hidden tab holds no connection (browsers allow six to a server over HTTP/1.1,
 * for all tabs together) and opens one when it is shown again.
 * @param onTouch gets whether the shop can be reached: false after some seconds without an answer to a request
 * @returns a function that ends it
 */
export function followPrices(store: PriceStore, onTouch: (isInTouch: boolean) => void): () => void {
  let source: EventSource | undefined
  let connectedIds = ''
  let settling: number | undefined
  let retrying: number | undefined
  let retryMs = FIRST_RETRY_MS

  let losing: number | undefined
  let isInDoubt = false

  const loseAfter = (ms: number) => {
    window.clearTimeout(losing)
    losing = window.setTimeout(() => {
      onTouch(false)
      if (!isInDoubt) connect() // a connection that is dead and does not say so
    }, ms)
  }
  /** Something was asked, or went wrong: the shop has some seconds to say something. */
  const doubt = () => {
    if (isInDoubt) return
    isInDoubt = true
    loseAfter(LOST_AFTER_MS)
  }
  /** The shop has said what is current, or that nothing has changed. */
  const heard = () => {
    isInDoubt = false
    retryMs = FIRST_RETRY_MS
    onTouch(true)
    loseAfter(SILENT_MS)
  }

  const wantedIds = () =>
    store
      .followed()
      .toSorted((a, b) => a - b)
      .slice(0, MOST_FOLLOWED)

  const disconnect = () => {
    source?.close()
    source = undefined
    connectedIds = ''
    window.clearTimeout(retrying)
    retrying = undefined
  }

  /** Nothing is on the screen: nothing is asked, and nothing is missed. */
  const rest = () => {
    disconnect()
    window.clearTimeout(losing)
    isInDoubt = false
  }

  const retryLater = () => {
    if (retrying !== undefined) return
    // Half of it is chance, or all tabs would come back in the same moment.
    retrying = window.setTimeout(connect, retryMs * (0.5 + Math.random() / 2))
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)
  }

  let reporting: Promise<() => void> | undefined
  const report = () => {
    reporting ??= import('./reportShown.ts').then(
      ({ reportShown }) => reportShown(store),
      () => () => undefined,
    )
  }

  const connect = () => {
    const ids = wantedIds().join(',')
    disconnect()
    if (ids === '' || document.visibilityState === 'hidden') return rest()
    doubt()
    connectedIds = ids
    source = new EventSource(`/api/prices/stream?ids=${ids}`)
    // The prices of one moment, taken together; undefined until the server says where a moment ends.
    let together: ShownPrice[] | undefined
    source.addEventListener('open', () => (together = undefined)) // where the browser has connected anew, half of one was lost
    source.addEventListener('price', (event: MessageEvent<string>) => {
      try {
        const price = readPrice(JSON.parse(event.data))
        if (!price) return
        if (together) together.push(price)
        else store.offer([price])
      } catch {
        // A message that cannot be read may have been a price.
        source?.close()
        doubt()
        retryLater()
      }
    })
    source.addEventListener('unknown', ({ data }: MessageEvent<string>) =>
      store.setUnknown(data.split(',').map(Number)),
    )
    source.addEventListener('moment', () => {
      if (together) heard() // the first one only begins
      store.offer(together ?? [])
      together = []
    })
    source.addEventListener('traced', report)
    // The shop is there, and does not know itself what is current.
    source.addEventListener('lost', doubt)
    // The browser reconnects by itself, unless the server refused: then the stream is closed for good.
    source.addEventListener('error', () => {
      doubt()
      if (source?.readyState === EventSource.CLOSED) retryLater()
    })
  }

  /** One timer for all the elements of a page: a list has 24 cards with some 60 products, and each would start its own. */
  const settle = () => {
    settling ??= window.setTimeout(() => {
      settling = undefined
      if (wantedIds().join(',') !== connectedIds) connect()
    }, SETTLE_MS)
  }

  const onPageShow = (event: PageTransitionEvent) => {
    if (!event.persisted) return
    // Out of the back-forward cache: first what this tab knows, in this frame, then what the shop says.
    store.readSaved()
    connect()
  }

  const events = new AbortController()
  const { signal } = events
  document.addEventListener('visibilitychange', connect, { signal })
  window.addEventListener('pageshow', onPageShow, { signal })
  window.addEventListener('pagehide', rest, { signal })
  window.addEventListener('online', connect, { signal })
  window.addEventListener('offline', doubt, { signal })
  window.addEventListener('storage', ({ key, newValue }) => key === NEWS_KEY && store.hear(newValue), { signal })
  const stopWatching = store.onWatchedChange(settle)
  settle()

  return () => {
    events.abort()
    stopWatching()
    void reporting?.then((stop) => stop())
    window.clearTimeout(settling)
    rest()
  }
}
