/** Reads and edits that go on while something happens to Redis. */
import { setTimeout as wait } from 'node:timers/promises'
import { versionIndex } from '#lib/catalog/coherence.ts'
import type { PriceChangeOutcome } from '#lib/pricing/changePrices.ts'

export interface Seen {
  readonly reads: number
  /**
   * The slowest read of a price that is not edited, beyond what Postgres alone took at that moment, which is the machine's. One that
   * is edited waits until no process can show less.
   */
  readonly slowestReadMs: number
  /** Reads that returned less than what was acknowledged before they began. */
  readonly older: readonly { readonly acknowledged: number; readonly read: number }[]
  readonly edits: Readonly<Record<PriceChangeOutcome['state'], number>>
}

/** A reader pauses for so long, and an editor: other tests run beside this one. */
const PAUSE_MS = 5

/** @param edit changes the price that `edited` names; nothing changes that of `calm`. @param ask asks Postgres something @param work what happens to Redis; it gets the edits so far */
export async function underway(
  {
    edit,
    edited,
    calm,
    ask,
  }: { edit(): Promise<PriceChangeOutcome>; edited: string; calm: string; ask(): Promise<unknown> },
  work: (edits: Seen['edits']) => Promise<void>,
): Promise<Seen> {
  let [acknowledged, reads, slowestReadMs] = [0, 0, 0]
  const over = new AbortController()
  const older: { acknowledged: number; read: number }[] = []
  const edits = { live: 0, propagating: 0 }

  async function read(): Promise<void> {
    while (!over.signal.aborted) {
      const least = acknowledged
      const { states } = await versionIndex().read([edited])
      reads++
      const version = states.get(edited)?.version ?? 0
      if (version < least) older.push({ acknowledged: least, read: version })
      await wait(PAUSE_MS)
    }
  }
  async function measure(): Promise<void> {
    while (!over.signal.aborted) {
      const started = performance.now()
      const lasted = async (question: Promise<unknown>) => question.then(() => performance.now() - started)
      const [readMs, postgresMs] = await Promise.all([lasted(versionIndex().read([calm])), lasted(ask())])
      slowestReadMs = Math.max(slowestReadMs, readMs - postgresMs)
      await wait(PAUSE_MS)
    }
  }
  async function change(): Promise<void> {
    while (!over.signal.aborted) {
      const { state, results } = await edit()
      edits[state]++
      if (state === 'live') acknowledged = Math.max(acknowledged, results[0]?.version ?? 0)
      await wait(PAUSE_MS)
    }
  }
  const loops = Promise.all([read(), measure(), change()])
  try {
    await Promise.race([work(edits), loops])
  } finally {
    over.abort()
    await loops
  }
  return { reads, slowestReadMs, older, edits }
}
