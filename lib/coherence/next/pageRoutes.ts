/**
 * Finds the full key under which Next caches the page of an address. Next's rule for code that reads cached
 * responses before Next does: an entry belongs to a source route, never to a pathname alone.
 * @see next/dist/docs/01-app/03-api-reference/05-config/01-next-config-js/incrementalCacheHandlerPath.md
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import path from 'node:path'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'

const route = z.object({ page: z.string(), regex: z.string() })
/** In the order in which Next tries them: exact addresses, then patterns from the most to the least specific. */
const routesManifest = z.object({ staticRoutes: z.array(route), dynamicRoutes: z.array(route) })
/** Set for a page that exports `ensureStatic = 'navigation'`: nothing of it is rendered on request. */
const ensuredStatic = z.object({ _isEnsureStaticPage: z.boolean().optional() })
const prerenderManifest = z.object({
  routes: z.record(z.string(), ensuredStatic),
  dynamicRoutes: z.record(z.string(), ensuredStatic),
  preview: z.object({ previewModeId: z.string() }),
})
/** The paths of the proxy (`proxy.ts`); there is none in a shop without one. */
const functionsManifest = z.object({
  functions: z.object({
    '/_middleware': z.object({ matchers: z.array(z.object({ regexp: z.string() })) }).optional(),
  }),
})
const appPathRoutes = z.record(z.string(), z.string())

/** Anything else (`..`, a double slash, a character that must be encoded) is Next's to interpret. */
const PLAIN_PATHNAME = /^(?:\/[A-Za-z0-9_~-]+(?:\.[A-Za-z0-9_~-]+)*)+$/

/** Names no page of a shop whose slugs are plain, but belongs to one of its routes all the same. */
const ENCODED_PATHNAME = /^(?:\/(?:[A-Za-z0-9._~!$&'()*+,=:@-]|%[0-9A-Fa-f]{2})+)+$/
const DOTS_ONLY = /\/\.{1,2}(?:\/|$)/
/** The files of the build; Next looks there before it looks at pages. */
const BUILD_FILES = '/_next/'

const ENCODED = /%[0-9A-Fa-f]{2}/g
const UNRESERVED = /^[A-Za-z0-9._~-]$/

/**
 * Undoes encoding that nothing asks for, as in `/%65n`: the same address, and so the same page.
 * @see RFC 3986, section 6.2.2.2
 */
function plainly(pathname: string): string {
  if (!pathname.includes('%')) return pathname
  return pathname.replace(ENCODED, (code) => {
    const character = String.fromCharCode(Number.parseInt(code.slice(1), 16))
    return UNRESERVED.test(character) ? character : code
  })
}

/** Trying the patterns one after the other costs more than the rest of a hit. */
const MATCHES_KEPT = 10_000

const PATHNAME_MARK = '/$'

/** The pathname in a key that `match` returned. */
export function pathnameOf(key: string): string {
  return key.slice(key.indexOf(PATHNAME_MARK) + PATHNAME_MARK.length)
}

export function pathnameIn({ url = '' }: IncomingMessage): string {
  const queryAt = url.indexOf('?')
  return queryAt < 0 ? url : url.slice(0, queryAt)
}

export interface PageRoute {
  /** Next's name for the source, such as `/[locale]/products/[slug]/page`. */
  readonly source: string
  readonly pathname: string
  /** The entry's full key; undefined where a part of the page is made for each request, or its address is not plain. */
  readonly key: string | undefined
}

export class PageRoutes {
  /** The value of Next's draft-mode cookie that counts: made by the build, known to the editor of a draft. */
  readonly draftSecret: string
  readonly #proxied: readonly RegExp[]
  readonly #matched = new LRUCache<string, PageRoute>({ max: MATCHES_KEPT })
  readonly #routes: { pattern: RegExp; source: string | undefined; prefix: string | undefined }[]

  /** @param buildFolder what `next build` wrote */
  constructor(buildFolder: string) {
    const read = (file: string): unknown => JSON.parse(readFileSync(path.join(buildFolder, file), 'utf8'))
    const { staticRoutes, dynamicRoutes } = routesManifest.parse(read('routes-manifest.json'))
    const prerender = prerenderManifest.parse(read('prerender-manifest.json'))
    const { functions } = functionsManifest.parse(read('server/functions-config-manifest.json'))
    this.#proxied = functions['/_middleware']?.matchers.map(({ regexp }) => new RegExp(regexp)) ?? []
    this.draftSecret = prerender.preview.previewModeId
    const sources = Object.entries(appPathRoutes.parse(read('app-path-routes-manifest.json')))
    const pageOf = new Map(
      sources.filter(([source]) => source.endsWith('/page')).map(([source, page]) => [page, source]),
    )
    // An address that Next lists once more for each prerendered parameter (`/en/orders/[number]`) is that of the general one.
    const addresses = new Set(sources.map(([, page]) => page))
    const listed = [...staticRoutes, ...dynamicRoutes].filter(({ page }) => addresses.has(page))
    this.#routes = listed.map(({ page, regex }) => {
      const isStatic = (prerender.dynamicRoutes[page] ?? prerender.routes[page])?._isEnsureStaticPage === true
      const source = pageOf.get(page)
      const hash = createHash('sha256')
        .update(source ?? '')
        .digest('hex')
      const prefix = isStatic && source ? `/route-cache/APP_PAGE/${hash}${PATHNAME_MARK}` : undefined
      return { pattern: new RegExp(regex), source, prefix }
    })
  }

  /** @returns undefined for what is not a page: a file, a route handler, an address that Next has to put right first */
  match(requested: string): PageRoute | undefined {
    const known = this.#matched.get(requested)
    if (known) return known
    const route = this.#find(requested)
    if (route) this.#matched.set(requested, route)
    return route
  }

  #find(requested: string): PageRoute | undefined {
    const pathname = plainly(requested)
    const isPlain = PLAIN_PATHNAME.test(pathname)
    if (!isPlain && (!ENCODED_PATHNAME.test(pathname) || DOTS_ONLY.test(pathname))) return undefined
    // The answer of a proxy depends on the visitor.
    if (pathname.startsWith(BUILD_FILES) || this.#proxied.some((pattern) => pattern.test(pathname))) return undefined
    const found = this.#routes.find(({ pattern }) => pattern.test(pathname))
    if (found?.source === undefined) return undefined
    const key = isPlain && found.prefix !== undefined ? found.prefix + pathname : undefined
    return { source: found.source, pathname, key }
  }
}
