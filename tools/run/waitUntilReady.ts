import { setTimeout as wait } from 'node:timers/promises'
import { SetupError } from '../progress.mjs'
import type { Child } from './child.ts'

const WITHIN_MS = 60_000
const ASK_FOR_MS = 5_000

/**
 * Waits until a process says that it is ready.
 * @param url answers 200 when it is
 * @throws {SetupError} with the end of its log when it ends, or is not ready in time
 */
export async function waitUntilReady(child: Child, url: string): Promise<void> {
  const deadline = Date.now() + WITHIN_MS
  let last = 'no answer'
  for (;;) {
    if (child.howEnded !== undefined) {
      throw new SetupError(
        `${child.spec.title} ended while it started (${child.howEnded}); its log is ${child.spec.logFile}.`,
        child.tail(),
      )
    }
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(ASK_FOR_MS), headers: { connection: 'close' } })
      if (response.status === 200) return
      last = `${response.status} ${await response.text()}`
    } catch {
      // It does not listen yet.
    }
    if (Date.now() > deadline) {
      throw new SetupError(
        `${child.spec.title} is not ready after ${WITHIN_MS / 1000} s (${last}); its log is ${child.spec.logFile}.`,
        child.tail(),
      )
    }
    await wait(100)
  }
}
