import { setTimeout as wait } from 'node:timers/promises'

const LOOK_EVERY_MS = 20

/**
 * Waits for a condition outside of a test runner.
 * @param what for the message
 * @param isSo throws or answers false while it is not so
 * @param seen what there is in its place, for the message
 * @returns the milliseconds that it took
 */
export async function until(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  withinMs = 20_000,
  seen = (): string => '',
): Promise<number> {
  const begun = performance.now()
  let last: unknown
  for (;;) {
    try {
      if (await isSo()) return performance.now() - begun
    } catch (error) {
      last = error
    }
    if (performance.now() - begun > withinMs)
      throw new Error(`not within ${withinMs} ms: ${what}\n${seen()}`, { cause: last })
    await wait(LOOK_EVERY_MS)
  }
}
