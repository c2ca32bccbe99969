/** Requests that the fast path leaves to Next, or that look so: each once led to an answer that held placeholders, or could have. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { computeCacheBustingSearchParam } from 'next/dist/shared/lib/router/utils/cache-busting-search-param.js'
import { z } from 'zod'
import { raw, type RawAnswer } from '../support/rawRequest.ts'

export interface Strange {
  readonly words: string
  /** Rejects when the answer holds a placeholder. */
  readonly send: (origin: string, path: string) => Promise<RawAnswer>
}

const manifest = z.object({ preview: z.object({ previewModeId: z.string() }) })

/** The secret of an editor's draft. */
function draftSecret(): string {
  const file = path.join(process.env['NEXT_DIST_DIR'] ?? '.next', 'prerender-manifest.json')
  return manifest.parse(JSON.parse(readFileSync(file, 'utf8'))).preview.previewModeId
}

function withHeaders(words: string, headers: Readonly<Record<string, string>>, method = 'GET'): Strange {
  return { words, send: (origin, target) => raw(target, headers, method, origin) }
}

function spelled(words: string, spelling: (path: string) => string): Strange {
  return { words, send: (origin, target) => raw(spelling(target), {}, 'GET', origin) }
}

/** A request of the router whose parameter belongs to its headers. */
function ofRouter(words: string, prefetch?: '1' | '2' | '3', more: Readonly<Record<string, string>> = {}): Strange {
  return {
    words,
    async send(origin, target) {
      const hash = await computeCacheBustingSearchParam(prefetch, undefined, undefined, undefined)
      const headers = { rsc: '1', ...(prefetch && { 'next-router-prefetch': prefetch }), ...more }
      return raw(`${target}?_rsc${hash === '' ? '' : `=${hash}`}`, headers, 'GET', origin)
    },
  }
}

export function strangeRequests(): Strange[] {
  const secret = draftSecret()
  return [
    withHeaders('a revalidation with the secret', { 'x-prerender-revalidate': secret }),
    withHeaders('one of what is there already', {
      'x-prerender-revalidate': secret,
      'x-prerender-revalidate-if-generated': '1',
    }),
    withHeaders('a draft', { cookie: `__prerender_bypass=${secret}` }),
    ofRouter('a draft of the router', undefined, { cookie: `__prerender_bypass=${secret}` }),
    ofRouter('a prefetch of a draft', '1', { cookie: `__prerender_bypass=${secret}` }),
    withHeaders('POST', { 'content-type': 'application/x-www-form-urlencoded' }, 'POST'),
    withHeaders('a server action', { 'next-action': 'x', 'content-type': 'text/plain;charset=UTF-8' }, 'POST'),
    withHeaders(
      'a form of a server action',
      { 'next-action': 'x', 'content-type': 'multipart/form-data; boundary=x' },
      'POST',
    ),
    withHeaders('HEAD', {}, 'HEAD'),
    withHeaders('the mode of a render', { 'x-evergreen-render': 'template' }),
    withHeaders('the mode of a render, and a draft', {
      'x-evergreen-render': 'template',
      cookie: `__prerender_bypass=${secret}`,
    }),
    withHeaders('a page that is resumed', { 'next-resume': '1' }),
    withHeaders('data of the router of before', { 'x-nextjs-data': '1' }),
    withHeaders('a path of a proxy', { 'x-matched-path': '/[locale]/products/[slug]', 'x-now-route-matches': '1=en' }),
    ofRouter('a prefetch 1 of no segment', '1'),
    ofRouter('a prefetch 2 of no segment', '2'),
    ofRouter('a prefetch 3 of no segment', '3'),
    spelled('a letter of the language as a code', (target) =>
      target.replace(/^\/(\w)/, (_, c: string) => `/%${c.charCodeAt(0).toString(16)}`),
    ),
    spelled('a letter of the name as a code', (target) =>
      target.replace(/(\w)$/, (c) => `%${c.charCodeAt(0).toString(16)}`),
    ),
    spelled('a slash at the end', (target) => `${target}/`),
    spelled('two slashes', (target) => target.replace(/^\/(\w+)\//, '/$1//')),
    spelled('capitals', (target) => target.replace(/^\/\w+/, (language) => language.toUpperCase())),
    spelled('a blank at the end', (target) => `${target}%20`),
    spelled('the file of the router', (target) => `${target}.rsc`),
    spelled('the file of a segment', (target) => `${target}.segments/_tree.segment.rsc`),
    spelled('a query', (target) => `${target}?utm=x&_rsc=`),
  ]
}
