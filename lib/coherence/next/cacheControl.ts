/** Cache-Control of pages that the promise covers: a cache may keep them, and must ask each time. */
import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * A browser may keep the page but asks each time; the answer is mostly 304. The same holds for a CDN without purges;
 * one with purges has an adapter in lib/cdn.
 */
export const REVALIDATE_ALWAYS = 'no-cache, must-revalidate'

/** The headers of Next's router that select another representation of the same address. */
export const VARY = 'rsc, next-router-state-tree, next-router-prefetch, next-router-segment-prefetch, Accept-Encoding'

/**
 * In `Vary` of a document. A browser that goes back in its history takes a document out of its cache without asking, unless
 * Cache-Control says `no-store`. With this it asks, and the answer can be a 304: docs/decisions/storefront.md.
 */
export const ASK_ALWAYS = '*'

/** Whether a page is wanted only if it is kept: a reader that compares copies needs none made for it. @see RFC 9111, 5.2.1.7 */
export const wantsOnlyKept = ({ headers }: IncomingMessage): boolean => headers['cache-control'] === 'only-if-cached'

/** @returns true: the request is answered */
export function sendNotKept(response: ServerResponse): true {
  response.writeHead(504, { 'Cache-Control': 'no-store' }).end()
  return true
}

/** @see RFC 9213 */
export const CDN_CACHE_CONTROL = 'CDN-Cache-Control'

/**
 * Next gives static pages and prefetches a lifetime in shared caches (`s-maxage`), in which an edit would not be
 * seen. Takes it out of every answer of Next on `response`.
 */
export function withoutSharedLifetime(response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response)
  response.writeHead = new Proxy(response.writeHead, {
    apply(_target, _self, args: Parameters<typeof writeHead>) {
      if (String(response.getHeader('cache-control') ?? '').includes('s-maxage')) {
        response.setHeader('Cache-Control', REVALIDATE_ALWAYS)
        response.setHeader(CDN_CACHE_CONTROL, 'no-cache')
        response.appendHeader('Vary', ASK_ALWAYS)
      }
      return writeHead(...args)
    },
  })
}
