/**
 * The fast path: checks a page that the cache holds, and sends it without Next. Next renders what is missing. The fast path asks it
 * over a socket of this process, as a CDN asks its origin, and throws the answer away: what counts is the entry that Next stored.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { LRUCache } from 'lru-cache'
import { FreshnessError } from '../protocol/errors.ts'
import { FreshPages, type FreshPage, type Rendered } from '../render/freshPage.ts'
import type { Representation } from '../template/cutPage.ts'
import type { Coherence } from '../coherence.ts'
import { silent, type Log } from '../ports.ts'
import { PROBE_HEADER, Visits } from '../render/visits.ts'
import { RenderLimiter } from '../render/renderLimiter.ts'
import { Warming } from '../render/warming.ts'
import { sendNotKept, wantsOnlyKept } from './cacheControl.ts'
import { requestKindOf } from './requestKind.ts'
import type { Existence, Place } from './existence.ts'
import { askOrigin, takeRenderMode, type Answer, type Origin } from './origin.ts'
import { refusePlaceholders } from './placeholderGuard.ts'
import { pathnameIn, pathnameOf, PageRoutes, type PageRoute } from './pageRoutes.ts'
import { readyPage, sendMoved, sendPage, type CdnHeaders, type DocumentHeaders, type FoundPage } from './sendPage.ts'

/** The queue of missing pages. Beyond it a visitor gets a 503; hits wait for none of this. */
const QUEUE = { withinMs: 20_000, mostWaiting: 400 }

/** Milliseconds. */
const SHELL_AGAIN_MS = 5_000

export interface FastPathOptions {
  /** The folder that `next build` wrote. */
  readonly buildFolder: string
  /** The socket on which Next, and only Next, answers, and the host that it is asked for. */
  readonly origin: Origin
  /** Renders at once in this process: more make each of them slower, and more of them outdated when they end. */
  readonly rendersAtOnce: number
  readonly warmRendersPerSecond: number
  readonly cdnHeaders?: CdnHeaders
  readonly documentHeaders?: DocumentHeaders
  /** Without it each address that no page is at costs a render. */
  readonly existence?: Existence
}

export class FastPath {
  readonly #coherence: Coherence
  readonly #log: Log
  readonly #routes: PageRoutes
  readonly #pages: FreshPages<Answer>
  readonly #renderLimiter: RenderLimiter
  readonly #visits = new Visits()
  /** Shells that were rendered here a moment ago: one that Next does not keep is not rendered over and over. */
  readonly #shells = new LRUCache<string, true>({ max: 1_000, ttl: SHELL_AGAIN_MS })
  readonly warming: Warming
  readonly #origin: Origin
  readonly #cdnHeaders: CdnHeaders
  readonly #documentHeaders: DocumentHeaders
  readonly #existence: Existence | undefined

  constructor(coherence: Coherence, options: FastPathOptions) {
    const { metrics, log = silent } = coherence.ports
    this.#coherence = coherence
    this.#log = log('fast-path')
    this.#routes = new PageRoutes(options.buildFolder)
    this.#existence = options.existence
    this.#cdnHeaders = options.cdnHeaders ?? (() => ({}))
    this.#documentHeaders = options.documentHeaders ?? (() => ({}))
    this.#origin = options.origin
    this.#renderLimiter = new RenderLimiter({ atOnce: options.rendersAtOnce, ...QUEUE })
    coherence.ownRenders.keepThemOnly((key) => this.#renderShell(key))
    this.#pages = new FreshPages(coherence, (key, pathname) => this.#render(key, pathname), this.#renderLimiter)
    this.warming = new Warming({
      cache: coherence.pages,
      visits: this.#visits,
      refresh: (key) => this.#refresh(key),
      rendersPerSecond: options.warmRendersPerSecond,
      metrics,
      log,
    })
  }

  /** Whether this process holds a page of the address. Then nothing else has it, and `handle` may be asked before all else. */
  holds(request: IncomingMessage): boolean {
    const key = this.#routes.match(pathnameIn(request))?.key
    return key !== undefined && this.#coherence.pages.peek(key) !== undefined
  }

  /** @returns whether the request was answered; if not it is Next's, which keeps nothing of what it answers */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const target = pathnameIn(request)
    const route = this.#routes.match(target)
    if (!route) return false
    if (route.key === undefined) return this.#answerMissing(request, response, route)
    const kind = requestKindOf(request, this.#routes.draftSecret)
    const asked = kind instanceof Promise ? await kind : kind
    switch (asked.what) {
      case 'next':
        return false
      case 'methodNotAllowed':
        response.writeHead(405, { Allow: 'GET, HEAD', 'Cache-Control': 'no-store' }).end()
        return true
      case 'redirect':
        response.writeHead(307, { Location: `${target}?${asked.query}`, 'Cache-Control': 'no-store' }).end()
        return true
      case 'page':
        if (wantsOnlyKept(request) && !this.#coherence.pages.peek(route.key)) return sendNotKept(response)
        return await this.#answer(request, response, route, route.key, asked.representation)
      default:
        return asked satisfies never
    }
  }

  /** A page that Next answers is looked at only for whether it is there at all. */
  async #answerMissing(request: IncomingMessage, response: ServerResponse, route: PageRoute): Promise<boolean> {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false
    const place = await this.#existence?.placeAt(route)
    if (place === undefined || place === 'page') return false
    return this.#sendAbsent(request, response, route.pathname, request.headers.rsc === '1' ? 'rsc' : 'html', place)
  }

  /**
   * One page stands for all that do not exist. The client router reads the status, and loads the document: it follows a
   * redirect there, too.
   */
  async #sendAbsent(
    request: IncomingMessage,
    response: ServerResponse,
    pathname: string,
    representation: Representation,
    place: Exclude<Place, 'page'>,
  ): Promise<boolean> {
    if (place !== 'missing' && representation === 'html') {
      sendMoved(request, response, place, this.#cdnHeaders)
      return true
    }
    const missing = this.#existence && this.#routes.match(this.#existence.missingPageOf(pathname))
    if (representation !== 'html' || missing?.key === undefined) {
      response.writeHead(404, { 'Cache-Control': 'no-store' }).end()
      return true
    }
    return this.#send(
      request,
      response,
      missing.key,
      representation,
      await this.#pages.get(missing.key, missing.pathname),
    )
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    route: PageRoute,
    key: string,
    representation: Representation,
  ): Promise<boolean> {
    const existence = this.#existence
    let place: Place = 'page'
    const exists = existence && (async () => (place = await existence.placeAt(route)) === 'page')
    const result = await this.#pages.get(key, route.pathname, exists)
    // The page was held here, and its render found that it is gone: the next request need not ask one.
    if (existence && 'response' in result && result.response.status === 404) {
      place = await existence.placeAt(route, true)
      await this.#coherence.pages.forget(key).catch(() => undefined) // without Redis the next request asks a render
    }
    if (place !== 'page') return this.#sendAbsent(request, response, route.pathname, representation, place)
    // An address that no page is at takes the place of none that has visitors.
    if (request.headers[PROBE_HEADER] === undefined) this.#visits.count(key)
    return await this.#send(request, response, key, representation, result)
  }

  async #send(
    request: IncomingMessage,
    response: ServerResponse,
    key: string,
    representation: Representation,
    result: FreshPage<Answer>,
  ): Promise<boolean> {
    if ('missing' in result) return false
    if ('response' in result) {
      if (result.response.status < 400) return toNext(request, key)
      this.guard(response) // its render may have been one of a template
      relay(request, response, result.response, representation, this.#documentHeaders)
      return true
    }
    const filled = this.#fill(key, representation, result)
    const found = filled instanceof Promise ? await filled : filled
    if (!found) return toNext(request, key)
    const sent = sendPage(request, response, found)
    if (!(sent instanceof Promise ? await sent : sent))
      response.writeHead(404, { 'Cache-Control': 'no-store', 'x-nextjs-postponed': '2' }).end()
    return true
  }

  /** @returns undefined for a page with a part that is rendered on each request: it is completed by Next */
  #fill(
    key: string,
    representation: Representation,
    { entry, snapshot, cache, layer }: Extract<FreshPage<Answer>, { entry: unknown }>,
  ): FoundPage | Promise<never> | undefined {
    const { content } = entry.value
    if (content.kind !== 'APP_PAGE' || content.postponed !== undefined) return undefined
    const { filled: pages } = this.#coherence
    const filled = pages.pageFor(key, entry, content, snapshot)
    if (!filled) return this.#withoutPayload(key)
    const [cdnHeaders, documentHeaders] = [this.#cdnHeaders, this.#documentHeaders]
    return { filled, pages, representation, cache: `${cache} ${layer}`, cdnHeaders, documentHeaders }
  }

  /** A row that the page shows is gone: the next render finds out. */
  async #withoutPayload(key: string): Promise<never> {
    await this.#coherence.ports.source.versions([]) // says so when it does not answer
    await this.#coherence.pages.forget(key)
    throw new FreshnessError('NOT_VERIFIED', `no value fills a slot of ${pathnameOf(key)}`, { retryable: true })
  }

  /** Makes the page fresh before anyone asks, as browsers get it. */
  async #refresh(key: string): Promise<void> {
    const result = await this.#pages.get(key, pathnameOf(key))
    const found = 'entry' in result && (await this.#fill(key, 'html', result))
    if (found) await readyPage(found, 'br')
  }

  /** Sees to it that an answer of Next's own holds no placeholder. */
  guard(response: ServerResponse): void {
    const { placeholders } = this.#coherence
    if (placeholders) refusePlaceholders(response, placeholders, this.#log)
  }

  /**
   * Answers on the socket of `origin`: what Next renders there may become an entry.
   * @param handleByNext Next's request handler
   */
  answerOrigin(request: IncomingMessage, handleByNext: () => Promise<void>): Promise<void> {
    return this.#coherence.ownRenders.run(takeRenderMode(request), handleByNext)
  }

  /** Takes away the page at `path`. @returns whether that is a page of ours */
  async forget(path: string): Promise<boolean> {
    const route = this.#routes.match(path)
    if (route?.key === undefined) return false
    await this.#coherence.pages.forget(route.key)
    return true
  }

  /** The part of a page that is the same for all visitors, from a request that carries nothing. */
  #renderShell(key: string): void {
    if (this.#shells.has(key)) return
    this.#shells.set(key, true)
    void this.#renderLimiter
      .take(() => askOrigin(this.#origin, pathnameOf(key), 'values'))
      .catch((error: unknown) => this.#log.debug({ err: error, key }, 'a shell was not rendered'))
  }

  async #render(key: string, pathname: string): Promise<Rendered<Answer>> {
    const { ownRenders, pages } = this.#coherence
    const before = pages.peek(key)
    const mode = ownRenders.modeOf(key)
    let response = await askOrigin(this.#origin, pathname, mode)
    // The template was refused.
    if (ownRenders.modeOf(key) !== mode) response = await askOrigin(this.#origin, pathname, ownRenders.modeOf(key))
    const after = pages.peek(key)
    // An error page says nothing of why. With the source away the application is not broken, it has to wait.
    if (response.status >= 500) await this.#coherence.ports.source.versions([])
    // Next may also have found what another request stored in the meantime.
    const stored = after !== undefined && (after !== before || response.headers['x-nextjs-cache'] === 'HIT')
    return stored ? { stored } : { stored, response }
  }
}

/**
 * A redirect, or a page that could not be kept, depends on what kind of request it is. It is asked for without the query:
 * Next joins requests for one page, so that another visitor could get the answer.
 */
function toNext(request: IncomingMessage, key: string): false {
  const rsc = new URLSearchParams(request.url?.split('?', 2)[1]).get('_rsc')
  request.url = pathnameOf(key) + (rsc === null ? '' : `?_rsc=${encodeURIComponent(rsc)}`)
  return false
}

/** Passes on an answer that is not kept: a page that was not found, an error. The router reads only its status. */
function relay(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  representation: Representation,
  documentHeaders: DocumentHeaders,
): void {
  const {
    connection: _connection,
    'keep-alive': _keepAlive,
    'transfer-encoding': _transferEncoding,
    ...headers
  } = answer.headers
  const body = representation === 'html' ? answer.body : undefined
  response.statusCode = answer.status
  const own = { 'content-length': body?.byteLength ?? 0, 'cache-control': 'no-store', 'x-cache': 'MISS next' }
  for (const [name, value] of Object.entries({ ...headers, ...(body && documentHeaders(body)), ...own }))
    if (value !== undefined) response.setHeader(name, value)
  response.end(request.method === 'HEAD' ? undefined : body)
}
