import { purgeProgress } from '#lib/delivery/purge/progress.ts'
import { purge } from '#lib/delivery/purge/purge.ts'
import { NotFoundError } from '../../_http/errors.ts'
import { handle } from '../../_http/handle.ts'
import { json } from '../../_http/respond.ts'
import { purgeCopies, watchPurge } from '../../_operations/freshness.ts'

export const GET = handle(watchPurge, async ({ query }) => json(await purgeProgress(query.correlationId)))

export const POST = handle(purgeCopies, async ({ body, principal }) => {
  const outcome = await purge(body.scope, body.reason, principal)
  if (!outcome) throw new NotFoundError(body.scope.kind)
  return json(outcome)
})
