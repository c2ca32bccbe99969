/** Finds a process that is there and does nothing: stopped by a signal, or held by the kernel. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Child } from './child.ts'
import { processorTimeOf } from './identity.ts'

const EVERY_MS = 1_000
const ASK_FOR_MS = 1_000
/** Questions without an answer, and without processor time between them. A process that waits for its turn on a busy machine gets a hundredth of a second in that time. */
const FROZEN_AFTER = 3
/** Questions without an answer for a process that computes: longer than the shop's bound of a render. */
const HUNG_AFTER = 45

async function answersNow(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ASK_FOR_MS), headers: { connection: 'close' } })
    await response.body?.cancel()
    return true
  } catch (error) {
    // A process that refuses a connection is not frozen: it is starting or ending.
    return !(error instanceof DOMException && error.name === 'TimeoutError')
  }
}

/**
 * Watches until the process is frozen.
 * @param url answered by the process itself, without its stores
 * @returns what is wrong with it; undefined when it has ended, or the signal is aborted
 */
export async function untilFrozen(child: Child, url: string, signal: AbortSignal): Promise<string | undefined> {
  let unanswered = 0
  let unmoved = 0
  let used: string | undefined
  while (child.howEnded === undefined && !signal.aborted) {
    if (await answersNow(url)) {
      unanswered = unmoved = 0
      await wait(EVERY_MS, undefined, { signal }).catch(() => undefined)
    } else {
      const before = used
      used = child.pid === undefined ? undefined : processorTimeOf(child.pid)
      unanswered++
      unmoved = unanswered > 1 && used === before ? unmoved + 1 : 0
      // The first question only begins the time in which nothing moves.
      if (unmoved >= FROZEN_AFTER - 1) return 'answers nothing and uses no processor time'
      if (unanswered >= HUNG_AFTER) return `has left ${HUNG_AFTER} questions unanswered`
    }
  }
  return undefined
}
