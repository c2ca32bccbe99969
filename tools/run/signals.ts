import { say } from '../progress.mjs'
import type { Supervisor } from './supervisor.ts'

/** npm passes Ctrl-C on a second time, at once; only one that comes later means that the user is impatient. */
const SAME_PRESS_MS = 1_500

/** Ctrl-C, SIGTERM and a closed terminal stop everything in order; the second time, everything ends at once. */
export function stopOnSignals(supervisor: Supervisor, onStopped: () => void): void {
  let first: number | undefined
  const onSignal = () => {
    if (first === undefined) {
      first = Date.now()
      say('\n  Stopping …')
      void supervisor.stop().then(() => {
        say('  Stopped.')
        onStopped()
      })
      return
    }
    if (Date.now() - first > SAME_PRESS_MS) supervisor.kill()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
}
