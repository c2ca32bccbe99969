/**
 * From an address to the full key that Next caches its page under. Next's rule for whoever reads cached
 * responses before Next does: an entry belongs to a source route, never to a pathname alone.
 * @see next/dist/docs/01-app/03-api-reference/05-config/01-next-config-js/incrementalCacheHandlerPath.md
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'

const prerenderManifest = z.object({
  dynamicRoutes: z.record(z.string(), z.object({
    routeRegex: z.string(),
    /** The page exports `ensureStatic = 'navigation'`: nothing of it is rendered on request. */
    _isEnsureStaticPage: z.boolean().optional(),
  })),
})
const appPathRoutes = z.record(z.string(), z.string())

/** Anything else (an encoded character, `..`, a double slash) is Next's to interpret. */
const PLAIN_PATHNAME = /^(?:\/[A-Za-z0-9_~-]+(?:\.[A-Za-z0-9_~-]+)*)+$/

export interface PageRoute {
  /** Next's name for the source, such as `/[locale]/products/[slug]/page`. */
  readonly source: string
  /** The entry's full key. */
  readonly key: string
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}

export class PageRoutes {
  readonly #sources: { pattern: RegExp; source: string; prefix: string }[]

  /** @param buildFolder what `next build` wrote */
  constructor(buildFolder: string) {
    const manifest = prerenderManifest.parse(readJson(path.join(buildFolder, 'prerender-manifest.json')))
    const sources = Object.entries(appPathRoutes.parse(readJson(path.join(buildFolder, 'app-path-routes-manifest.json'))))
    const sourceOf = new Map(sources.filter(([source]) => source.endsWith('/page')).map(([source, route]) => [route, source]))
    this.#sources = Object.entries(manifest.dynamicRoutes).flatMap(([route, { routeRegex, _isEnsureStaticPage }]) => {
      const source = sourceOf.get(route)
      if (!source || !_isEnsureStaticPage) return []
      const hash = createHash('sha256').update(source).digest('hex')
      return [{ pattern: new RegExp(routeRegex), source, prefix: `/route-cache/APP_PAGE/${hash}/$` }]
    })
  }

  /** @returns undefined for what is not a wholly static page */
  match(pathname: string): PageRoute | undefined {
    if (!PLAIN_PATHNAME.test(pathname)) return undefined
    const found = this.#sources.find(({ pattern }) => pattern.test(pathname))
    return found && { source: found.source, key: found.prefix + pathname }
  }
}
