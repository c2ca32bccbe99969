/**
 * Who may do what: every route, page and server action of the shop with what it asks for. The door of a web instance reads the
 * methods of a route here; `entrances.spec.ts` compares the table with the tree and tries each line.
 */
import type { Permission } from '#lib/access/permissions.ts'
import { OPERATIONS } from '../api/admin/_operations/index.ts'

/**
 * `anyone`; a process of ours, by its secret (`internal`); a person who is signed in, in any role (`session`); who has a permission.
 */
export type Who = 'anyone' | 'internal' | 'session' | Permission

const adminApi = OPERATIONS.map(({ method, path, permission }): [string, Who] => [`${method} ${path}`, permission])

/** `GET /api/prices/{id}`, as OpenAPI writes it; `{rest*}` stands for all that follows. HEAD goes where GET does. */
export const ROUTES: Readonly<Record<string, Who>> = {
  ...Object.fromEntries(adminApi),
  'GET /api/admin/openapi.json': 'anyone',
  'GET /api/auth/{all*}': 'anyone',
  'POST /api/auth/{all*}': 'anyone',
  'GET /api/cart': 'anyone',
  'POST /api/cart': 'anyone',
  'GET /api/prices': 'anyone',
  'GET /api/prices/stream': 'anyone',
  'GET /api/recommendations': 'anyone',
  'GET /api/recommendations/{generation}': 'anyone',
  'GET /api/search/facets': 'anyone',
  'GET /api/search/suggest': 'anyone',
  'GET /apple-touch-icon.png': 'anyone',
  'GET /favicon.ico': 'anyone',
  'GET /icons/{file}': 'anyone',
  'GET /images/products/{file}': 'anyone',
  'GET /robots.txt': 'anyone',
  'GET /sitemap.xml': 'anyone',
  'GET /sitemaps/{file}': 'anyone',
  'POST /api/internal/revalidate': 'internal',
  // Answered by the process itself: lib/web.
  'GET /api/health': 'anyone',
  'GET /api/metrics': 'anyone',
  'GET /api/ready': 'anyone',
  'GET /health': 'anyone',
  'GET /metrics': 'anyone',
  'GET /og/products/{id}/{file}': 'anyone',
  'GET /ready': 'anyone',
  'POST /api/internal/forget': 'internal',
  'POST /api/internal/warm': 'internal',
  'GET /admin/queues': 'queues:manage',
  'GET /admin/queues/{rest*}': 'queues:manage',
  'PUT /admin/queues/{rest*}': 'queues:manage',
}
