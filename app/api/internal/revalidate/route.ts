import { revalidateTag } from 'next/cache'
import { z } from 'zod'
import { hasInternalSecret, INTERNAL_SECRET_HEADER } from '#lib/platform/http/internalSecret.ts'

const body = z.object({ tags: z.array(z.string().min(1).max(256)).min(1).max(4_000) })

/** The worker asks for Next's own invalidation here; only our own processes may. */
export async function POST(request: Request): Promise<Response> {
  if (!hasInternalSecret(request.headers.get(INTERNAL_SECRET_HEADER)))
    return Response.json({ error: 'not for you' }, { status: 403 })
  const parsed = body.safeParse(await request.json().catch(() => undefined))
  if (!parsed.success) return Response.json({ error: z.prettifyError(parsed.error) }, { status: 400 })
  for (const tag of parsed.data.tags) revalidateTag(tag, { expire: 0 })
  return Response.json({ revalidated: parsed.data.tags.length })
}
