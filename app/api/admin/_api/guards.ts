/** The checks in front of every handler, in this order. */
import type { RouteConfig } from '@hono/zod-openapi'
import type { HonoRequest, MiddlewareHandler } from 'hono'
import type { Permission } from '#lib/access/permissions.ts'
import { logExport } from '#lib/audit/logExport.ts'
import { type Principal, requirePermission } from '#lib/auth/requirePermission.ts'
import { unstorableText } from '#lib/platform/http/storableText.ts'
import { InvalidRequestError } from './http/errors.ts'
import { readText } from './http/readBody.ts'

/** The caller, as a handler sees it. */
export interface ApiEnv {
  Variables: { principal: Principal }
}
type Guard = MiddlewareHandler<ApiEnv>
type Route = Pick<RouteConfig, 'request' | 'responses' | 'operationId'>

const NOT_JSON = 'text/csv'

export const authorize =
  (permission: Permission): Guard =>
  async (c, next) => {
    c.set('principal', await requirePermission(c.req.raw, permission))
    await next()
  }

/** A parameter that comes several times is a list. */
function queryOf(request: HonoRequest): Record<string, unknown> {
  const named = Object.entries(request.queries())
  return Object.fromEntries(named.map(([name, values]) => [name, values.length === 1 ? values[0] : values]))
}

/** Of texts in an address, which `readText` has not seen; and of parameters where none is taken. */
export const refuseTexts =
  ({ request }: Route): Guard =>
  async (c, next) => {
    const query = queryOf(c.req)
    const unstorable = unstorableText(c.req.param()) ?? unstorableText(query)
    if (unstorable) throw new InvalidRequestError([unstorable])
    const unknown = request?.query ? [] : Object.keys(query)
    if (unknown.length > 0)
      throw new InvalidRequestError(unknown.map((field) => ({ field, message: 'There is no such field.' })))
    await next()
  }

/** The body as JSON that can be stored, for the schema. What is uploaded is read by its handler. */
export const readBody =
  ({ request }: Route, maxBytes: number): Guard =>
  async (c, next) => {
    const body = request?.body
    const isAbsent = body?.required !== true && c.req.header('content-type') === undefined
    if (body && !(NOT_JSON in body.content) && !isAbsent)
      Object.assign(c.req.bodyCache, { text: Promise.resolve(await readText(c.req.raw, maxBytes)) })
    await next()
  }

/** A file of the shop's data stands in the log. What answers an upload is what was sent. */
export const logFiles =
  ({ request, operationId = '' }: Route): Guard =>
  async (c, next) => {
    await next()
    const isFile = c.res.headers.get('content-type')?.startsWith(NOT_JSON) === true
    if (c.error || !isFile || NOT_JSON in (request?.body?.content ?? {})) return
    const asked = { params: c.req.param(), query: queryOf(c.req), body: request?.body && (await c.req.json()) }
    await logExport(c.var.principal, operationId, asked)
  }
