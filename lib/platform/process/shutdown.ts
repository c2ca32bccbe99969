/**
 * Ends a process in order: it says that it is not ready while it still takes requests, until a load balancer has
 * noticed; then what is under way gets a bounded time; then it stops.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { env } from '../env.ts'
import { logger } from '../logger.ts'

type Step = () => Promise<void>

/** Milliseconds, after the time in which it still takes requests. */
const BOUND_MS = 8_000
const steps: { name: string; run: Step }[] = []
let stopping = false

/** True from the first signal on: `/ready` says no. */
export function isStopping(): boolean {
  return stopping
}

/** Steps run in the reverse of the order in which they were registered. */
export function onShutdown(name: string, run: Step): void {
  steps.unshift({ name, run })
}

/**
 * Runs work that goes on until the process stops, such as `runPeriodically`.
 * @param run settles soon after its signal is aborted, and does not throw; the shutdown waits for it
 */
export function untilShutdown(name: string, run: (signal: AbortSignal) => Promise<unknown>): void {
  const end = new AbortController()
  const ended = run(end.signal)
  onShutdown(name, async () => {
    end.abort()
    await ended
  })
}

async function stop(signal: string): Promise<void> {
  if (stopping) return
  stopping = true
  const log = logger('shutdown')
  const drainMs = env().SHUTDOWN_DRAIN_MS
  log.info({ signal, drainMs }, 'stopping')
  let current = 'drain'
  setTimeout(() => {
    log.warn({ step: current }, 'what was under way did not end in time')
    process.exit(1)
  }, drainMs + BOUND_MS).unref()
  await delay(drainMs)
  for (const { name, run } of steps) {
    current = name
    await run().catch((error: unknown) => log.warn({ err: error, step: name }, 'a step of the shutdown failed'))
  }
  log.info('stopped')
  process.exit(0)
}

export function installSignalHandlers(): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal))
}
