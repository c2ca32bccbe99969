/**
 * Checks a request against its address before a route reads it, by the methods that the address knows, and the server actions
 * that its page has.
 */
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import { z } from 'zod'
import { foreignOrigin } from '#lib/auth/trustedOrigins.ts'
import { PageRoutes } from '#lib/coherence/next.ts'
import { headersOf } from '#lib/platform/http/headersOf.ts'
import { actionsOfForm } from './actionForms.ts'

const READING = ['GET', 'HEAD']
const ACTION_HEADER = 'next-action'
/** By which the client knows that its page is of another build. */
const NO_SUCH_ACTION = { 'x-nextjs-action-not-found': '1' }
/** The first bit of the id of a cached function, which Next would run as an action with arguments of a stranger. */
const CACHED_FUNCTION = /^[89a-f]/
const manifest = z.object({
  node: z.record(z.string(), z.object({ workers: z.record(z.string(), z.unknown()) })),
})

interface Refusal {
  readonly status: 403 | 404 | 405
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
}

interface RoutePattern {
  readonly pattern: RegExp
  readonly methods: Set<string>
}

function patternOf(address: string): RegExp {
  const text = address
    .replaceAll('.', String.raw`\.`)
    .replaceAll(/\{\w+\*\}/g, '.+')
    .replaceAll(/\{\w+\}/g, '[^/]+')
  return new RegExp(`^${text}$`)
}

/** By page, as `/[locale]/checkout/page`. */
function actionsByPage(buildFolder: string): ReadonlyMap<string, ReadonlySet<string>> {
  const { node } = manifest.parse(
    JSON.parse(readFileSync(path.join(buildFolder, 'server', 'server-reference-manifest.json'), 'utf8')),
  )
  const pages = new Map<string, Set<string>>()
  for (const [id, { workers }] of Object.entries(node)) {
    if (CACHED_FUNCTION.test(id)) continue
    for (const worker of Object.keys(workers)) {
      const page = worker.replace(/^app/, '')
      pages.set(page, (pages.get(page) ?? new Set()).add(id))
    }
  }
  return pages
}

const NO_ACTION: Refusal = {
  status: 404,
  message: 'This page has no such action. Load it again.',
  headers: NO_SUCH_ACTION,
}

export class RequestGuard {
  readonly #routes: readonly RoutePattern[]
  readonly #pages: PageRoutes
  readonly #actions: ReadonlyMap<string, ReadonlySet<string>>

  /**
   * @param buildFolder what `next build` wrote
   * @param routes `GET /api/prices/{id}`: what is answered by something other than a page
   */
  constructor(buildFolder: string, routes: readonly string[]) {
    const methods = new Map<string, Set<string>>()
    for (const route of routes) {
      const [method = '', address = ''] = route.split(' ')
      const known = methods.get(address) ?? new Set()
      methods.set(address, known.add(method))
      if (method === 'GET') known.add('HEAD')
    }
    this.#routes = [...methods].map(([address, known]) => ({ pattern: patternOf(address), methods: known }))
    this.#pages = new PageRoutes(buildFolder)
    this.#actions = actionsByPage(buildFolder)
  }

  /** @returns whether the request was refused, and so answered */
  refuse(request: IncomingMessage, response: ServerResponse): boolean {
    const { method = 'GET', url = '' } = request
    const isReading = READING.includes(method)
    // A page is read far more often than anything else is done.
    if (isReading && !url.startsWith('/api/')) return false
    const [pathname = ''] = url.split('?', 1)
    const route = this.#routes.find(({ pattern }) => pattern.test(pathname))
    return this.#answer(
      request,
      response,
      route ? methodRefusal(method, [...route.methods]) : isReading ? undefined : this.#ofPage(request, pathname),
    )
  }

  /**
   * The same for an action form, which may name its action in its body.
   * @returns whether the request was refused, and so answered
   */
  async refuseForm(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<boolean> {
    const [pathname = ''] = (request.url ?? '').split('?', 1)
    if (this.#routes.some(({ pattern }) => pattern.test(pathname))) return false
    const named = await actionsOfForm(request, body)
    const actions = this.#actions.get(this.#pages.match(pathname)?.source ?? '')
    const known = named.every((id) => id !== undefined && actions?.has(id) === true)
    return this.#answer(request, response, known ? undefined : NO_ACTION)
  }

  #answer({ url = '' }: IncomingMessage, response: ServerResponse, refusal: Refusal | undefined): boolean {
    if (!refusal) return false
    const { status, message, headers } = refusal
    const isApi = url.startsWith('/api/')
    response.writeHead(status, {
      'Content-Type': isApi ? 'application/json' : 'text/plain; charset=utf-8',
      'Cache-Control': 'no-store',
      ...headers,
    })
    const code = status === 405 ? 'method_not_allowed' : 'refused'
    response.end(isApi ? JSON.stringify({ error: { code, message } }) : `${message}\n`)
    return true
  }

  /** A page is read; one with server actions takes POST too, from pages of ours. */
  #ofPage(request: IncomingMessage, pathname: string): Refusal | undefined {
    const { method = 'GET', headers } = request
    const actions = this.#actions.get(this.#pages.match(pathname)?.source ?? '')
    const refused = methodRefusal(method, actions ? [...READING, 'POST'] : READING)
    if (refused) return refused
    const foreign = foreignOrigin(headersOf(headers))
    if (foreign !== undefined) return { status: 403, message: `Requests from ${foreign} are refused.` }
    const action = headers[ACTION_HEADER]
    if (action === undefined || actions?.has(String(action)) === true) return undefined
    return NO_ACTION
  }
}

function methodRefusal(method: string, allow: readonly string[]): Refusal | undefined {
  return allow.includes(method)
    ? undefined
    : { status: 405, message: `${method} is not answered here.`, headers: { Allow: allow.join(', ') } }
}
