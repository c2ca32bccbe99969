/** The admin API: all of its endpoints, their document, and the type by which its clients are checked. */
import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'
import { PERMISSIONS } from '#lib/access/permissions.ts'
import { audit } from './audit.ts'
import { bulkEdits } from './bulkEdits.ts'
import { decisions } from './decisions.ts'
import { api, securityFor, TAGS } from './endpoint.ts'
import { events } from './events.ts'
import { files } from './files.ts'
import { freshness } from './freshness.ts'
import { UnreadableBodyError } from './http/errors.ts'
import { failed } from './http/failed.ts'
import { prices } from './prices.ts'
import { products } from './products.ts'
import { receipts } from './receipts.ts'
import { schedules } from './schedules.ts'
import { selections } from './selection.ts'
import { tokens } from './tokens.ts'

const ADMIN_API = '/api/admin'
const METHODS = ['GET', 'POST', 'PUT', 'DELETE']

const endpoints = api()
  .route('/', prices)
  .route('/', products)
  .route('/', selections)
  .route('/', bulkEdits)
  .route('/', decisions)
  .route('/', schedules)
  .route('/', files)
  .route('/', tokens)
  .route('/', events)
  .route('/', receipts)
  .route('/', freshness)
  .route('/', audit)

/** For `hc`: a type, so that no client loads the server. */
export type AdminApi = typeof endpoints

const ABOUT = {
  openapi: '3.1.0',
  info: {
    title: 'Evergreen admin API',
    version: '1',
    description:
      'Prices, and the edits, imports and schedules that change them. An edit that is answered with "live" is seen by every read that starts after the answer.',
  },
  servers: [{ url: '/' }],
  security: securityFor(),
  tags: TAGS.map((name) => ({ name })),
}

export const adminApi = api().route(ADMIN_API, endpoints)
adminApi.openAPIRegistry.registerComponent('securitySchemes', 'token', {
  type: 'http',
  scheme: 'bearer',
  description: 'An API token, made by an administrator under /admin/tokens.',
})
adminApi.openAPIRegistry.registerComponent('securitySchemes', 'session', {
  type: 'apiKey',
  in: 'cookie',
  name: 'evergreen.session_token',
  description: 'The session of a user who signed in.',
})
adminApi.onError((error) =>
  failed(
    error instanceof HTTPException && error.status === 415
      ? new UnreadableBodyError('unsupported_media_type', 'Send the body as application/json.')
      : error,
  ),
)
/** The document of the admin API. It says nothing that the source does not say: no session is asked for. */
adminApi.get(`${ADMIN_API}/openapi.json`, (c) =>
  c.json(adminApi.getOpenAPI31Document(ABOUT), 200, { 'cache-control': 'no-store' }),
)

const permissionOf = z.enum(PERMISSIONS)

/** Each with the permission that it asks for: `GET /api/admin/tokens/{id}`. */
export const ADMIN_ENDPOINTS = adminApi.openAPIRegistry.definitions.flatMap((definition) => {
  if (definition.type !== 'route') return []
  const { method, path, security } = definition.route
  const permission = permissionOf.parse(security?.[0]?.['token']?.[0])
  return [{ route: `${method.toUpperCase()} ${path}`, permission }]
})

/** Next answers 404 to an address that is not one of these. */
export function isOfAdminApi(url = ''): boolean {
  const [path = ''] = url.split('?', 1)
  return path.startsWith(`${ADMIN_API}/`) && METHODS.some((method) => adminApi.router.match(method, path)[0].length > 0)
}
