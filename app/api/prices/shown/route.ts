import { z } from 'zod'
import { isTracing, recordStep } from '#lib/platform/tracing/changeTrace.ts'

/** The tab's report: versions that it has put on the screen, and milliseconds from the stream's event until they stood there. */
const report = z.strictObject({
  prices: z.array(z.strictObject({ productId: z.int().positive(), version: z.int().positive() })).max(50),
  tookMs: z.number().min(0).max(60_000),
})

/**
 * `POST /api/prices/shown`: the last step in the trace of a change, said by an open tab. A tab sends it only where its stream has
 * said that changes are traced; what it says is believed for the trace alone.
 */
export async function POST(request: Request): Promise<Response> {
  if (!isTracing()) return new Response(null, { status: 204 })
  const body = report.safeParse(await request.json().catch(() => undefined))
  if (!body.success) return Response.json({ error: z.prettifyError(body.error) }, { status: 400 })
  const { prices, tookMs } = body.data
  const endedAt = new Date()
  const startedAt = new Date(endedAt.getTime() - tookMs)
  for (const { productId, version } of prices)
    recordStep({ step: 'tab', change: { kind: 'price', id: productId, version }, startedAt, endedAt })
  return new Response(null, { status: 204 })
}
