/** Makes every instance, and the edge, forget the pages that show a product. */
import { INTERNAL_SECRET_HEADER } from '#lib/platform/http/internalSecret.ts'
import { logger } from '#lib/platform/logger.ts'
import { tag } from '#lib/coherence/index.ts'
import type { MonitorContext } from './context.ts'
import { countRepairs } from './metrics.ts'

const WEB_TIMEOUT_MS = 5_000

/**
 * Three ways, since what is wrong may be wrong in any part. The revalidation outdates what carries the product's tags,
 * by Redis' own clock; `forget` takes away the pages under their names, whatever tags they claim; and a higher version of
 * the product goes through the outbox to the edge.
 * @param paths pages that were seen to be wrong
 */
export async function dropPages(
  context: MonitorContext,
  productIds: readonly number[],
  paths: readonly string[] = [],
): Promise<void> {
  await context.publisher.revalidate(productIds.flatMap((id) => [tag('price', id), tag('product', id)]))
  if (paths.length > 0) await Promise.all(context.webUrls.map((webUrl) => forget(context, webUrl, paths)))
  await context.db.$executeRaw`UPDATE products SET version = version + 1 WHERE id = ANY(${[...productIds]}::int[])`
  countRepairs('page-dropped', productIds.length)
}

async function forget({ internalSecret }: MonitorContext, webUrl: string, paths: readonly string[]): Promise<void> {
  try {
    const response = await fetch(`${webUrl}/api/internal/forget`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [INTERNAL_SECRET_HEADER]: internalSecret },
      body: JSON.stringify({ paths }),
      signal: AbortSignal.timeout(WEB_TIMEOUT_MS),
    })
    if (!response.ok) throw new Error(`it answered ${response.status}`)
  } catch (error) {
    // An instance that is away comes back with an empty memory.
    logger('monitor').warn({ err: error, webUrl }, 'an instance was not reached to forget a page')
  }
}
