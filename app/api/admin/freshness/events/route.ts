import { watchSnapshots } from '#lib/observability/dashboard/watchSnapshots.ts'
import { eventStream, type StreamEvent } from '../../_http/eventStream.ts'
import { handle } from '../../_http/handle.ts'
import { watchFreshness } from '../../_operations/freshness.ts'

async function* snapshots(...watched: Parameters<typeof watchSnapshots>): AsyncGenerator<StreamEvent> {
  for await (const data of watchSnapshots(...watched)) yield { event: data ? 'snapshot' : 'unavailable', data }
}

export const GET = handle(watchFreshness, async ({ request, query: { window } }) =>
  eventStream(request, 'freshness:read', (signal) => snapshots(window, signal)),
)
