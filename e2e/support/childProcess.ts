/** Processes that tests start: when they are ready, and how they end. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'

/** Milliseconds a process gets to answer, on a slow machine. */
const START_WITHIN_MS = 60_000

/** @throws when `child` ends, or does not answer `url` in time */
export async function answers(url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + START_WITHIN_MS
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`the process of ${url} ended with ${child.exitCode}`)
    const response = await fetch(url).catch(() => undefined)
    await response?.body?.cancel()
    if (response?.ok) return
    await wait(50)
  }
  throw new Error(`${url} did not answer within ${START_WITHIN_MS} ms`)
}

/** @returns when it has ended; at once where it has */
export async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
}
