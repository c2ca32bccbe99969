/** The headers of a page for the edge that EDGE names, besides `Cache-Tag`, which every page carries. */
import { VARY } from '#lib/coherence/next.ts'
import { env } from '#lib/platform/env.ts'
import { surrogateKey } from './adapters/fastly.ts'

/** Seconds that Fastly keeps a page which no purge reaches. It reads this before Cache-Control, and removes it. */
const PAGE_TTL_S = 30

/** @param cacheTag the page's `Cache-Tag` */
export function cdnHeaders(cacheTag: string): Readonly<Record<string, string>> {
  // Cloudflare's Worker and our VCL read Cache-Tag; Fastly wants its own spelling.
  if (env().EDGE !== 'fastly' || cacheTag === '') return {}
  // It keeps nothing that varies by `*`.
  return {
    Vary: VARY,
    'Surrogate-Key': surrogateKey(cacheTag.split(',')),
    'Surrogate-Control': `max-age=${PAGE_TTL_S}`,
  }
}
