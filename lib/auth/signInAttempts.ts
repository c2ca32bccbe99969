/**
 * Slows down guessing of passwords. Attempts are counted for each pair of account and address, so that a
 * stranger's guesses do not lock out the owner, and for the account alone, because an address can be forged.
 * The counts live in the process: N web instances allow N times as many attempts, which is still few.
 */
import { LRUCache } from 'lru-cache'
import { processSingleton } from '#lib/platform/processSingleton.ts'

const WINDOW_MS = 15 * 60_000
export const MAX_FROM_ONE_ADDRESS = 10
const MAX_FOR_ONE_ACCOUNT = 100

function counts(): LRUCache<string, number> {
  return processSingleton(
    'signInAttempts',
    () => new LRUCache<string, number>({ max: 20_000, ttl: WINDOW_MS, noUpdateTTL: true }),
  )
}

function keys(email: string, address: string): { account: string; pair: string } {
  const account = email.trim().toLowerCase()
  return { account, pair: `${account} ${address}` }
}

/**
 * Counts an attempt before the password is looked at, so that parallel guesses count too.
 * @returns seconds to wait when there were too many, else undefined
 */
export function countAttempt(email: string, address: string): number | undefined {
  const { account, pair } = keys(email, address)
  for (const [key, max] of [
    [pair, MAX_FROM_ONE_ADDRESS],
    [account, MAX_FOR_ONE_ACCOUNT],
  ] as const) {
    const count = (counts().get(key) ?? 0) + 1
    if (count > max) return Math.max(1, Math.ceil(counts().getRemainingTTL(key) / 1_000))
    counts().set(key, count)
  }
  return undefined
}

/** The right password clears the count of its own pair, not that of the account: others may still be guessing. */
export function forgetAttempts(email: string, address: string): void {
  counts().delete(keys(email, address).pair)
}
