import { z } from 'zod'
import { WINDOW_NAMES } from '#lib/observability/dashboard/shapes.ts'
import { operation, takesNothing } from './operation.ts'

/** Windows of the dashboard and edits that one browser watches at once. */
const MAX_TOPICS = 50

export const watchTopics = operation({
  ...takesNothing,
  method: 'GET',
  path: '/api/admin/events',
  id: 'watchTopics',
  tag: 'freshness',
  summary: 'Dashboards and bulk edits over one stream, as the tabs of a browser share it. Connect again after its end.',
  permission: 'bulk:read',
  query: z.strictObject({
    dashboard: z.array(z.enum(WINDOW_NAMES)).max(WINDOW_NAMES.length).optional(),
    edit: z.array(z.uuid('An id is a UUID.')).max(MAX_TOPICS).optional(),
  }),
  answers: {
    200: {
      description:
        'An event stream: `dashboard=15m` is a snapshot of the dashboard as JSON, null when it cannot be read; `edit={id}` is the edit as JSON',
      contentType: 'text/event-stream',
    },
  },
})
