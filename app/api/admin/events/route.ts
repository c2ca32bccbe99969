import { assertMay } from '#lib/access/principal.ts'
import { watchSnapshots } from '#lib/observability/dashboard/watchSnapshots.ts'
import { watchBulkEdit } from '#lib/pricing/bulk/apply/watchBulkEdit.ts'
import { BulkEditNotFoundError } from '#lib/pricing/bulk/errors.ts'
import { eventStream, named, type StreamEvent } from '../_http/eventStream.ts'
import { handle } from '../_http/handle.ts'
import { mergeEvents } from '../_http/mergeEvents.ts'
import { watchTopics } from '../_operations/events.ts'

/** An edit that is gone is silent: it ends no stream of the others. */
async function* whileThere(events: AsyncIterable<StreamEvent>): AsyncGenerator<StreamEvent> {
  try {
    yield* events
  } catch (error) {
    if (!(error instanceof BulkEditNotFoundError)) throw error
  }
}

export const GET = handle(watchTopics, async ({ request, principal, query: { dashboard = [], edit = [] } }) => {
  if (dashboard.length > 0) assertMay(principal, 'freshness:read')
  return eventStream(request, 'bulk:read', (signal) =>
    mergeEvents([
      ...dashboard.map((window) => named(`dashboard=${window}`, watchSnapshots(window, signal))),
      ...edit.map((id) => whileThere(named(`edit=${id}`, watchBulkEdit(principal, id, signal)))),
    ]),
  )
})
