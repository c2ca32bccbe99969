/** Progress and changes, as event streams. */
import { z } from 'zod'
import { assertMay } from '#lib/access/principal.ts'
import { WINDOW_NAMES } from '#lib/observability/dashboard/shapes.ts'
import { watchSnapshots } from '#lib/observability/dashboard/watchSnapshots.ts'
import { listOf } from '#lib/platform/http/queryParts.ts'
import { watchBulkEdit } from '#lib/pricing/bulk/apply/watchBulkEdit.ts'
import { bulkEdit } from '#lib/pricing/bulk/bulkEdits.ts'
import { BulkEditNotFoundError } from '#lib/pricing/bulk/errors.ts'
import { api, byId, endpoint, eventsOf } from './endpoint.ts'
import { eventStream, named, type StreamEvent } from './http/eventStream.ts'
import { mergeEvents } from './http/mergeEvents.ts'

/** Windows of the dashboard and edits that one browser watches at once. */
const MAX_TOPICS = 50

/** An edit that is gone is silent: it ends no stream of the others. */
async function* whileThere(events: AsyncIterable<StreamEvent>): AsyncGenerator<StreamEvent> {
  try {
    yield* events
  } catch (error) {
    if (!(error instanceof BulkEditNotFoundError)) throw error
  }
}

async function* snapshots(...watched: Parameters<typeof watchSnapshots>): AsyncGenerator<StreamEvent> {
  for await (const data of watchSnapshots(...watched)) yield { event: data ? 'snapshot' : 'unavailable', data }
}

export const events = api()
  .openapi(
    endpoint({
      method: 'get',
      path: '/events',
      operationId: 'watchTopics',
      tag: 'freshness',
      summary:
        'Dashboards and bulk edits over one stream, as the tabs of a browser share it. Connect again after its end.',
      permission: 'bulk:read',
      request: {
        query: z.strictObject({
          dashboard: listOf(z.array(z.enum(WINDOW_NAMES)).max(WINDOW_NAMES.length)).optional(),
          edit: listOf(z.array(z.uuid('An id is a UUID.')).max(MAX_TOPICS)).optional(),
        }),
      },
      responses: {
        200: eventsOf(
          'An event stream: `dashboard=15m` is a snapshot of the dashboard as JSON, null when it cannot be read; `edit={id}` is the edit as JSON',
        ),
      },
    }),
    async (c) => {
      const { dashboard = [], edit = [] } = c.req.valid('query')
      const { principal } = c.var
      if (dashboard.length > 0) assertMay(principal, 'freshness:read')
      return eventStream(c, 'bulk:read', (signal) =>
        mergeEvents([
          ...dashboard.map((window) => named(`dashboard=${window}`, watchSnapshots(window, signal))),
          ...edit.map((id) => whileThere(named(`edit=${id}`, watchBulkEdit(principal, id, signal)))),
        ]),
      )
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/freshness/events',
      operationId: 'watchFreshness',
      tag: 'freshness',
      summary: 'The dashboard of freshness, as it changes. Ends after five minutes; connect again.',
      permission: 'freshness:read',
      request: {
        query: z.strictObject({
          window: z.enum(WINDOW_NAMES).default('15m').meta({ description: 'How far back' }),
        }),
      },
      responses: { 200: eventsOf('An event stream: each `snapshot` event is the whole dashboard as JSON') },
    }),
    async (c) => {
      const { window } = c.req.valid('query')
      return eventStream(c, 'freshness:read', (signal) => snapshots(window, signal))
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/bulk-edits/{id}/events',
      operationId: 'watchBulkEdit',
      tag: 'bulk edits',
      summary: 'The edit as it moves on. Ends with the edit, or after five minutes; connect again.',
      permission: 'bulk:read',
      request: { params: byId },
      responses: {
        200: eventsOf('An event stream: each `edit` event is the edit as JSON; an `end` event follows the last one'),
      },
    }),
    async (c) => {
      const { id } = c.req.valid('param')
      const { principal } = c.var
      await bulkEdit(principal, id)
      return eventStream(c, 'bulk:read', (signal) => named('edit', watchBulkEdit(principal, id, signal)))
    },
  )
