/**
 * The fast path: a page that the cache holds is checked and sent without Next. Next renders what is missing,
 * asked over a socket of this process, as a CDN asks its origin; its answer to that request is thrown away,
 * because what counts is the entry that it stored.
 */
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { computeCacheBustingSearchParam } from 'next/dist/shared/lib/router/utils/cache-busting-search-param.js'
import { FreshnessError } from '../protocol/errors.ts'
import { FreshPages, type Rendered } from '../render/freshPage.ts'
import { pageCache } from '../store/pageCache.ts'
import { env } from '#lib/platform/env.ts'
import { readiness } from '#lib/platform/health.ts'
import { PROBE_HEADER, Visits } from '../render/visits.ts'
import { Turns } from '../render/renderLimiter.ts'
import { Warming } from '../render/warming.ts'
import { pathnameOf, type PageRoute, type PageRoutes } from './pageRoutes.ts'
import { bodyOf, isGone, sendPage, type CdnHeaders, type Representation } from './sendPage.ts'

/** Milliseconds: a render that takes longer is given up, with a 503. */
const RENDER_TIMEOUT_MS = 30_000
/** Milliseconds: a visitor whose page has no turn by then gets a 503 as well. */
const TURN_WITHIN_MS = 20_000
const DRAFT_MODE_COOKIE = /(?:^|;\s*)__prerender_bypass=/
/** Headers with which Next selects something else than the plain page. */
const SELECTING = ['next-action', 'next-instant-navigation-testing', 'x-prerender-revalidate']
const SEGMENT = 'next-router-segment-prefetch'

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/**
 * A browser loads the page's segment before it follows a link, so that is as much a read as the page is: Next, left to
 * itself, would answer it with a render that began before the last edit.
 * @returns undefined for what only Next can make
 */
function representationOf(headers: IncomingHttpHeaders): Representation | undefined {
  const segment = headers[SEGMENT]
  const prefetch = headers['next-router-prefetch']
  if (segment === undefined && prefetch === undefined) return headers.rsc === undefined ? 'html' : 'rsc'
  if (headers.rsc === undefined || prefetch !== '1' || typeof segment !== 'string' || !segment.startsWith('/'))
    return undefined
  return `/${segment.slice(1)}`
}

function pathnameIn({ url = '' }: IncomingMessage): string {
  const queryAt = url.indexOf('?')
  return queryAt < 0 ? url : url.slice(0, queryAt)
}

export class FastPath {
  readonly #routes: PageRoutes
  readonly #pages: FreshPages<Answer>
  readonly #visits = new Visits()
  readonly warming = new Warming({
    cache: pageCache,
    visits: this.#visits,
    refresh: (key) => this.#pages.get(key, pathnameOf(key)),
    rendersPerSecond: env().WARM_RENDERS_PER_SECOND,
  })
  readonly #origin: { socketPath: string; host: string }
  readonly #cdnHeaders: CdnHeaders

  /**
   * @param origin the socket on which Next, and only Next, answers
   * @param cdnHeaders for the CDN in front of the shop
   */
  constructor(routes: PageRoutes, origin: { socketPath: string; host: string }, cdnHeaders: CdnHeaders) {
    this.#routes = routes
    this.#cdnHeaders = cdnHeaders
    this.#origin = origin
    this.#pages = new FreshPages(
      (key, pathname) => this.#render(key, pathname),
      new Turns(env().RENDERS_AT_ONCE, TURN_WITHIN_MS),
    )
  }

  /** @returns whether the request was answered; if not it is Next's */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const wanted = await this.#select(request)
    if (!wanted) return false
    const { route, pathname, representation } = wanted
    if (request.headers[PROBE_HEADER] === undefined) this.#visits.count(route.key)
    const result = await this.#pages.get(route.key, pathname)
    if ('response' in result) {
      // A redirect, or a page for this visitor alone, depends on headers that the render did not have.
      if (representation !== 'html' || result.response.status < 400) return false
      relay(request, response, result.response)
      return true
    }
    const { content } = result.entry.value
    // A page with a part that is rendered on each request is completed by Next.
    if (content.kind !== 'APP_PAGE' || content.postponed !== undefined) return false
    const body = bodyOf(content, representation)
    if (!body) return false
    await sendPage(request, response, {
      entry: result.entry,
      page: content,
      body,
      representation,
      cache: `${result.cache} ${result.layer}`,
      cdnHeaders: this.#cdnHeaders,
    })
    return true
  }

  /**
   * What Next sends by itself of a page that the cache holds: 200, for it knows no page of something that is gone.
   * Called before Next is: it looks the entry up in this process, so what is there when it answers is what it sends.
   */
  keepGone(request: IncomingMessage, response: ServerResponse): void {
    const route = request.headers.rsc === undefined ? this.#routes.match(pathnameIn(request)) : undefined
    if (!route) return
    const writeHead = response.writeHead.bind(response)
    response.writeHead = new Proxy(response.writeHead, {
      apply(_target, _self, args: Parameters<typeof writeHead>) {
        const entry = pageCache().peek(route.key)
        if (args[0] === 200 && entry && isGone(entry)) args[0] = 410
        return writeHead(...args)
      },
    })
  }

  /** Takes away the page at `path`, whatever it shows. @returns whether that is a page of ours */
  async forget(path: string): Promise<boolean> {
    const route = this.#routes.match(path)
    if (route) await pageCache().forget(route.key)
    return route !== undefined
  }

  async #select(
    request: IncomingMessage,
  ): Promise<{ route: PageRoute; pathname: string; representation: Representation } | undefined> {
    const { method, url = '', headers } = request
    if (method !== 'GET' && method !== 'HEAD') return undefined
    if (SELECTING.some((name) => headers[name] !== undefined)) return undefined
    if (headers.cookie && DRAFT_MODE_COOKIE.test(headers.cookie)) return undefined
    const queryAt = url.indexOf('?')
    const route = this.#routes.match(pathnameIn(request))
    if (!route) return undefined
    const pathname = pathnameOf(route.key)
    const representation = representationOf(headers)
    // Whatever stands in the query: the page is the same for everybody.
    if (representation === undefined || representation === 'html')
      return representation && { route, pathname, representation }
    const rscHash = queryAt < 0 ? null : new URLSearchParams(url.slice(queryAt)).get('_rsc')
    // Next redirects a request whose `_rsc` does not belong to its headers, so that no cache mixes the two up.
    const {
      'next-router-prefetch': prefetch,
      [SEGMENT]: segment,
      'next-router-state-tree': tree,
      'next-url': nextUrl,
    } = headers
    const expected = await computeCacheBustingSearchParam(
      prefetch === '1' ? prefetch : undefined,
      segment,
      tree,
      nextUrl,
    )
    return rscHash === expected && expected !== '' ? { route, pathname, representation } : undefined
  }

  async #render(key: string, pathname: string): Promise<Rendered<Answer>> {
    const before = pageCache().peek(key)
    const response = await this.#askNext(pathname)
    const after = pageCache().peek(key)
    if (response.status >= 500) await this.#blameStore()
    // Next may also have found what another request stored in the meantime.
    const stored = after !== undefined && (after !== before || response.headers['x-nextjs-cache'] === 'HIT')
    return stored ? { stored } : { stored, response }
  }

  /** An error page of Next says nothing of why. With Postgres away the shop is not broken, it has to wait. */
  async #blameStore(): Promise<void> {
    const { checks } = await readiness()
    if (checks['postgres'] !== 'ok')
      throw new FreshnessError('SOURCE_UNAVAILABLE', `Postgres: ${checks['postgres']}`, { retryable: true })
  }

  #askNext(pathname: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { socketPath, host } = this.#origin
      const request = httpRequest({
        socketPath,
        path: pathname,
        headers: { host, accept: 'text/html' },
        timeout: RENDER_TIMEOUT_MS,
      })
      request.on('timeout', () => request.destroy(new Error(`no render of ${pathname} within ${RENDER_TIMEOUT_MS} ms`)))
      request.on('error', reject)
      request.on('response', (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 500, headers: incoming.headers, body: Buffer.concat(chunks) }),
        )
      })
      request.end()
    })
  }
}

/** Passes on an answer that is not kept: a page that was not found, an error. */
function relay(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const {
    connection: _connection,
    'keep-alive': _keepAlive,
    'transfer-encoding': _transferEncoding,
    ...headers
  } = answer.headers
  response.writeHead(answer.status, {
    ...headers,
    'content-length': answer.body.byteLength,
    'cache-control': 'no-store',
    'x-cache': 'MISS next',
  })
  response.end(request.method === 'HEAD' ? undefined : answer.body)
}
