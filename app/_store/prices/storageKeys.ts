/** Keys and channels under which the shop keeps prices in a tab and its tabs inform each other. */

/** The newest prices that the tab knows. */
export const PRICES_KEY = 'evergreen.prices'
/** The versions that its documents have shown, React or not. */
export const SEEN_KEY = 'evergreen.seen'
/** In the storage of all tabs: what one of them has just learned, for the others. No tab that opens later reads it. */
export const NEWS_KEY = 'evergreen.news'
