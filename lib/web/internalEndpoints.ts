/**
 * Answers requests of workers that are about the memory of this web instance, such as warming and forgetting a page.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { z } from 'zod'
import type { VersionIndex } from '#lib/coherence/index.ts'
import { pathnameOf, type FastPath } from '#lib/coherence/next.ts'
import { appliedBy } from '#lib/delivery/appliedPosition.ts'
import { hasInternalSecret, INTERNAL_SECRET_HEADER } from '#lib/platform/http/internalSecret.ts'
import { MOST_POPULAR, POPULAR_PATH } from './warmStart.ts'

const tagList = z.object({ tags: z.array(z.string()).max(4_000) })
const pathList = z.object({ paths: z.array(z.string()).max(1_000) })

/** The memory of this process. */
interface Own {
  readonly pages: Pick<FastPath, 'warming' | 'forget'>
  readonly index: VersionIndex
}

type Run = (body: unknown) => Promise<object>

function runnerOf(url: string | undefined, { pages, index }: Own): Run | undefined {
  if (url === '/api/internal/warm')
    return async (body) => ({
      pages: pages.warming.warm(tagList.parse(body).tags).map(pathnameOf),
      applied: await appliedBy(index),
    })
  if (url === POPULAR_PATH) return async () => ({ keys: pages.warming.popular(MOST_POPULAR) })
  if (url !== '/api/internal/forget') return undefined
  return async (body) => ({
    pages: (await Promise.all(pathList.parse(body).paths.map((path) => pages.forget(path)))).filter(Boolean).length,
  })
}

/** @returns whether the request was one of these */
export async function internalEndpoint(request: IncomingMessage, response: ServerResponse, own: Own): Promise<boolean> {
  const run = request.method === 'POST' ? runnerOf(request.url, own) : undefined
  if (!run) return false
  if (!hasInternalSecret(request.headers[INTERNAL_SECRET_HEADER])) {
    response.writeHead(403).end()
    return true
  }
  try {
    const answer = await run(await json(request).catch(() => undefined))
    response.writeHead(202, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer))
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error
    response.writeHead(400, { 'Content-Type': 'text/plain' }).end(z.prettifyError(error))
  }
  return true
}
