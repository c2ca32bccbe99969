/**
 * Prepares popular pages before a web instance takes requests. It asks another instance which pages visitors want. An
 * instance of a new build has no pages yet, not even in Redis, and would otherwise render each one while a visitor
 * waits.
 */
import { z } from 'zod'
import type { FastPath } from '#lib/coherence/next.ts'
import { env } from '#lib/platform/env.ts'
import { INTERNAL_SECRET_HEADER } from '#lib/platform/http/internalSecret.ts'
import { logger } from '#lib/platform/logger.ts'

export const POPULAR_PATH = '/api/internal/popular'
export const MOST_POPULAR = 200
/** Milliseconds. One that is frozen holds up the start for so long. */
const ASKED_WITHIN_MS = 1_000
/** Milliseconds: two hundred renders of 25 to 44 ms, on the core that this instance has to itself so far. */
const READY_WITHIN_MS = 10_000

const popular = z.object({ keys: z.array(z.string()) })

async function keysOf(webUrl: string): Promise<readonly string[]> {
  const response = await fetch(webUrl + POPULAR_PATH, {
    method: 'POST',
    headers: { [INTERNAL_SECRET_HEADER]: env().INTERNAL_SECRET },
    signal: AbortSignal.timeout(ASKED_WITHIN_MS),
  })
  if (!response.ok) throw new Error(`${webUrl} answered ${response.status}`)
  return popular.parse(await response.json()).keys
}

/** Returns at once where no other instance runs, as in a start of all of them. This one does not answer yet. */
export async function warmStart(warming: Pick<FastPath['warming'], 'ready'>): Promise<void> {
  const { webUrls } = env()
  if (webUrls.length < 2) return // itself
  const asked = await Promise.all(webUrls.map((url) => keysOf(url).catch(() => [])))
  // The same pages in the order of each instance: the first of all come first.
  const keys = [...new Set(Array.from({ length: MOST_POPULAR }, (_, i) => asked.flatMap((one) => one[i] ?? [])).flat())]
  if (keys.length === 0) return
  const start = performance.now()
  const ready = await warming.ready(keys.slice(0, MOST_POPULAR), AbortSignal.timeout(READY_WITHIN_MS))
  logger('web').info({ ready, ms: Math.round(performance.now() - start) }, 'popular pages are ready')
}
