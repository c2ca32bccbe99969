import { readStoredCart } from '#lib/orders/storedCart.ts'
import { adoptCart } from './changeCart.ts'

/** @param stored as an earlier release wrote it @throws when the shop does not take it */
export function adopt(stored: string): Promise<void> {
  return adoptCart(readStoredCart(stored))
}
