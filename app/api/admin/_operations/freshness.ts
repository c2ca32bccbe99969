import { z } from 'zod'
import { WINDOWS } from '#lib/freshness/dashboard/shapes.ts'
import { operation, takesNothing } from './operation.ts'

export const watchFreshness = operation({
  ...takesNothing,
  method: 'GET',
  path: '/api/admin/freshness/events',
  id: 'watchFreshness',
  tag: 'freshness',
  summary: 'The dashboard of freshness, as it changes. Ends after five minutes; connect again.',
  permission: 'freshness:read',
  query: z.strictObject({ window: z.enum(Object.keys(WINDOWS)).optional().meta({ description: 'How far back; 15m unless given' }) }),
  answers: { 200: { description: 'An event stream: each `snapshot` event is the whole dashboard as JSON', contentType: 'text/event-stream' } },
})
