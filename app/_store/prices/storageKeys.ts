/** What the shop keeps in the storage of a tab, and where. */

/** The newest prices that the tab knows. */
export const PRICES_KEY = 'evergreen.prices'
/** The versions that its documents have shown, React or not. */
export const SEEN_KEY = 'evergreen.seen'
