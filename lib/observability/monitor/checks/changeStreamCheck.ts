/** The slot of the stream of changes: its reader, and the WAL that Postgres keeps for it. */
import { readSlot, type Slot } from '#lib/delivery/changes/cdc/slot.ts'
import type { Finding } from '#lib/alerts/finding.ts'
import type { Check } from '../context.ts'
import { monitorMetrics } from '../metrics.ts'

/** Rounds in which no process reads the slot: a worker that is replaced takes less. */
const UNREAD_ROUNDS = 2
/** Bytes of WAL that are kept where Postgres has no limit of its own. */
const MOST_RETAINED = 1024 ** 3

const showBytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MB`

/** A size that is not known is no size: without a slot, none is. */
function measure({ behindBytes, retainedBytes, safeBytes }: Partial<Slot> = {}): void {
  const { streamBehind, streamRetained, streamSafe } = monitorMetrics()
  for (const [gauge, bytes] of [
    [streamBehind, behindBytes],
    [streamRetained, retainedBytes],
    [streamSafe, safeBytes],
  ] as const) {
    if (bytes === undefined) gauge.remove()
    else gauge.set(bytes)
  }
}

function problemOf({ name, status, retainedBytes, safeBytes }: Slot, unread: number): string | undefined {
  if (unread >= UNREAD_ROUNDS && status === 'lost')
    return `Postgres has given up the slot ${name}, and no process makes it anew`
  if (unread >= UNREAD_ROUNDS)
    return `no process reads the slot ${name}, and Postgres keeps ${showBytes(retainedBytes)} of WAL for it`
  if (status === 'unreserved')
    return `Postgres is about to give up the slot ${name}, for which it keeps ${showBytes(retainedBytes)} of WAL`
  if (retainedBytes > (safeBytes ?? 2 * MOST_RETAINED - retainedBytes))
    return `Postgres keeps ${showBytes(retainedBytes)} of WAL for the slot ${name}${safeBytes === undefined ? '' : `, and gives it up after ${showBytes(safeBytes)} more`}`
  return undefined
}

export function changeStreamCheck(): Check {
  let unread = 0
  return {
    name: 'change-stream',
    async run({ db }): Promise<Finding[]> {
      const slot = await readSlot((sql, values = []) => db.$queryRawUnsafe<object[]>(sql, ...values))
      measure(slot)
      // The relay raises the alert for a lost one.
      if (!slot) return []
      unread = slot.active ? 0 : unread + 1
      const problem = problemOf(slot, unread)
      if (problem === undefined) return []
      return [
        {
          dedupKey: 'slot',
          kind: 'change-stream-behind',
          severity: 'critical',
          summary: `The stream of changes is behind: ${problem}.`,
          detail: { layer: 'postgres', ...slot, safeBytes: slot.safeBytes ?? null },
        },
      ]
    },
  }
}
