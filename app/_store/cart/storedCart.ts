/** The key under which an earlier release kept carts in the browser. */
const OLD_STORAGE_KEY = 'evergreen.cart'

/** Hands over the cart that an earlier release kept in this browser, once. Its code is loaded where there is one. */
export async function adoptStoredCart(): Promise<void> {
  try {
    const stored = window.localStorage.getItem(OLD_STORAGE_KEY)
    if (stored === null) return
    const { adopt } = await import('./adoptStoredCart.ts')
    await adopt(stored)
    window.localStorage.removeItem(OLD_STORAGE_KEY)
  } catch {
    // Storage is forbidden, or the shop did not answer: the next page tries again.
  }
}
