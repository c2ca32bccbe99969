/**
 * The kind of a request for a wholly static page, as Next reads it. The answer is the same for all visitors, so nothing else of a
 * request reaches a render: no query, no header, no cookie.
 */
import type { IncomingMessage } from 'node:http'
import { isRSCRequestHeader } from 'next/dist/server/lib/is-rsc-request.js'
import { getServerActionRequestMetadata } from 'next/dist/server/lib/server-action-request-meta.js'
import {
  computeCacheBustingSearchParam,
  computeLegacyCacheBustingSearchParam,
} from 'next/dist/shared/lib/router/utils/cache-busting-search-param.js'
import type { Representation } from '../template/cutPage.ts'

const RSC_PARAMETER = '_rsc'
const PREFETCHES = ['1', '2', '3'] as const
const DRAFT_MODE_COOKIE = /(?:^|;\s*)__prerender_bypass=([^;]*)/

export type RequestKind =
  | { readonly what: 'page'; readonly representation: Representation }
  /** `_rsc` does not belong to the headers: a cache between could mix up two representations. */
  | { readonly what: 'redirect'; readonly query: string }
  /** A server action, or a draft for its editor: Next answers, and keeps nothing. */
  | { readonly what: 'next' }
  | { readonly what: 'methodNotAllowed' }

const DOCUMENT: RequestKind = { what: 'page', representation: 'html' }

/**
 * @param draftSecret the value of Next's draft-mode cookie that counts
 * @returns at once for a document, which is most requests
 */
export function requestKindOf(request: IncomingMessage, draftSecret: string): RequestKind | Promise<RequestKind> {
  const { method, headers } = request
  // By script only: a form that is posted without one would cost a render, whether the page has an action or not.
  if (getServerActionRequestMetadata(request).isFetchAction) return { what: 'next' }
  if (method !== 'GET' && method !== 'HEAD') return { what: 'methodNotAllowed' }
  if (headers.cookie && DRAFT_MODE_COOKIE.exec(headers.cookie)?.[1] === draftSecret) return { what: 'next' }
  if (!isRSCRequestHeader(headers.rsc)) return DOCUMENT
  return routerRequestOf(request)
}

/** The kind of a request of Next's client router. */
async function routerRequestOf({ headers, url = '' }: IncomingMessage): Promise<RequestKind> {
  const { 'next-router-prefetch': prefetch, 'next-router-segment-prefetch': segment } = headers
  const selecting = [
    PREFETCHES.find((known) => known === prefetch),
    segment,
    headers['next-router-state-tree'],
    headers['next-url'],
  ] as const
  const expected = await computeCacheBustingSearchParam(...selecting)
  const queryAt = url.indexOf('?')
  const query = queryAt < 0 ? '' : url.slice(queryAt + 1)
  const given = new URLSearchParams(query).get(RSC_PARAMETER)
  // A browser without a secure context sends the short hash of before.
  if (given !== expected && (given === null || given !== computeLegacyCacheBustingSearchParam(...selecting)))
    return { what: 'redirect', query: withRsc(query, expected) }
  // The router loads a page's segments before it follows a link: as much a read as the page is.
  if (prefetch === '1' && typeof segment === 'string')
    return { what: 'page', representation: `/${segment.replace(/^\//, '')}` }
  return { what: 'page', representation: 'rsc' }
}

/** The client router shows the address that it is led to, so the rest of the query stays as it is. */
function withRsc(query: string, hash: string): string {
  const others = query.split('&').filter((pair) => pair !== '' && !/^_rsc(?:=|$)/.test(pair))
  return [...others, hash === '' ? RSC_PARAMETER : `${RSC_PARAMETER}=${hash}`].join('&')
}
