import { setTimeout as delay } from 'node:timers/promises'
import type { Principal } from '#lib/access/principal.ts'
import { bulkEdit } from '../bulkEdits.ts'
import type { BulkEditView } from '../contract.ts'

const POLL_MS = 300
/** Counting 100,000 rows takes Postgres 50 ms: a watcher takes at most one part in so many of its time. */
const SHARE = 10
const ENDED = new Set(['applied', 'cancelled', 'failed'])

/**
 * The edit now, and again whenever it has moved on, until it has ended.
 * @throws {BulkEditNotFoundError} before the first view
 */
export async function* watchBulkEdit(
  principal: Principal,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<BulkEditView> {
  let last = ''
  while (!signal.aborted) {
    const asked = performance.now()
    const view = await bulkEdit(principal, id)
    const tookMs = performance.now() - asked
    const text = JSON.stringify(view)
    if (text !== last) yield view
    last = text
    if (ENDED.has(view.state)) return
    await delay(Math.max(POLL_MS, SHARE * tookMs), undefined, { signal }).catch(() => undefined)
  }
}
