import type { Snapshot, WindowName } from './shapes.ts'
import { snapshotFeed } from './snapshot.ts'

/** The newest snapshot whenever there is one; null when it could not be read. Ends with its signal. */
export async function* watchSnapshots(
  window: WindowName,
  signal: AbortSignal,
  feed = snapshotFeed(),
): AsyncGenerator<Snapshot | null> {
  let newest: Snapshot | null | undefined
  let wake = () => {}
  const unsubscribe = feed.subscribe(window, (snapshot) => {
    newest = snapshot ?? null
    wake()
  })
  const stop = () => wake()
  signal.addEventListener('abort', stop)
  try {
    while (!signal.aborted) {
      if (newest === undefined) await new Promise<void>((resolve) => (wake = resolve))
      else {
        const snapshot: Snapshot | null = newest
        newest = undefined
        yield snapshot
      }
    }
  } finally {
    unsubscribe()
    signal.removeEventListener('abort', stop)
  }
}
