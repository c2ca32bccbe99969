/** One question to the shop for all visitors that wait for the same answer. */
import { orLate } from './orLate.ts'

/** Milliseconds that visitors wait for another one's question; then the first of them asks anew, and the others wait for that. */
const PATIENCE_MS = 10_000
/** So many questions are waited for: a shop that fails them all fails for all of them, and does not get the request of each. */
const QUESTIONS = 3

const asked = new Map<string, Promise<unknown>>()

async function lead<T>(key: string, ask: () => Promise<T>): Promise<T> {
  const asking = ask()
  asked.set(key, asking)
  try {
    return await asking
  } finally {
    if (asked.get(key) === asking) asked.delete(key)
  }
}

/**
 * @param key what is asked for; visitors that share it get the very same bytes
 * @param ask its result is plain data: a body of another visitor's request cannot be read here
 * @returns the answer, and whether another visitor had asked
 * @throws what the last question ended with
 */
export async function collapsed<T extends object>(
  key: string,
  ask: () => Promise<T>,
  isT: (value: unknown) => value is T,
): Promise<{ answer: T; shared: boolean }> {
  let failure: unknown = new Error('the shop is too slow')
  for (let question = 0; question < QUESTIONS; question++) {
    const underWay = asked.get(key)
    if (!underWay) return { answer: await lead(key, ask), shared: false }
    try {
      const answer = await orLate(underWay, PATIENCE_MS)
      if (isT(answer)) return { answer, shared: true }
    } catch (error) {
      failure = error
    }
    if (asked.get(key) === underWay) asked.delete(key)
  }
  throw failure
}
