/** One question to the shop for all visitors that wait for the same answer. */

/** Milliseconds a visitor waits for somebody else's question; then it asks itself. */
const PATIENCE_MS = 10_000

const asked = new Map<string, Promise<unknown>>()

/**
 * @param key what is asked for; whoever shares it gets the very same bytes
 * @param ask its result is plain data: a body of another visitor's request cannot be read here
 * @returns the answer, and whether somebody else had asked
 */
export async function collapsed<T extends object>(key: string, ask: () => Promise<T>, isT: (value: unknown) => value is T): Promise<{ answer: T; shared: boolean }> {
  const underWay = asked.get(key)
  if (underWay) {
    const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PATIENCE_MS))
    const answer = await Promise.race([underWay.catch(() => undefined), late])
    if (isT(answer)) return { answer, shared: true }
    return { answer: await ask(), shared: false }
  }
  const asking = ask()
  asked.set(key, asking)
  try {
    return { answer: await asking, shared: false }
  } finally {
    if (asked.get(key) === asking) asked.delete(key)
  }
}
