/**
 * The permission that every route, page and server action of the shop asks for. The door of a web instance reads the
 * methods of a route here; `entrances.spec.ts` compares the table with the tree and tries each line.
 */
import type { Permission } from '#lib/access/permissions.ts'
import { ADMIN_ENDPOINTS } from '../api/admin/_api/app.ts'

/**
 * `anyone`; a process of ours, by its secret (`internal`); a signed-in person, in any role (`session`); the holder of a permission.
 */
export type Who = 'anyone' | 'internal' | 'session' | Permission

const adminApi: readonly (readonly [string, Who])[] = ADMIN_ENDPOINTS.map(({ route, permission }) => [
  route,
  permission,
])

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
  'POST /api/prices/shown': 'anyone',
  'GET /api/recommendations': 'anyone',
  'GET /api/recommendations/{generation}': 'anyone',
  'GET /api/search/facets': 'anyone',
  'GET /api/search/suggest': 'anyone',
  'GET /{locale}/feeds/google.xml': 'anyone',
  'GET /{locale}/feeds/google/{part}': 'anyone',
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
  'GET /api/metrics': 'internal',
  'GET /api/ready': 'anyone',
  'GET /health': 'anyone',
  'GET /metrics': 'internal',
  'GET /og/lists/{slug}/{file}': 'anyone',
  'GET /og/products/{id}/{file}': 'anyone',
  'GET /ready': 'anyone',
  'POST /api/internal/forget': 'internal',
  'POST /api/internal/popular': 'internal',
  'POST /api/internal/warm': 'internal',
  'POST /api/policy-reports': 'anyone',
  'GET /admin/queues': 'queues:manage',
  'GET /admin/queues/{rest*}': 'queues:manage',
  'PUT /admin/queues/{rest*}': 'queues:manage',
}

/** The routes of `ROUTES` without a route file: the process answers them itself. */
export const OWN_ROUTES: ReadonlySet<string> = new Set([
  ...adminApi.map(([route]) => route),
  'GET /api/admin/openapi.json',
  'GET /api/health',
  'GET /api/metrics',
  'GET /api/ready',
  'GET /health',
  'GET /metrics',
  'GET /ready',
  'POST /api/internal/forget',
  'POST /api/internal/popular',
  'POST /api/internal/warm',
  'POST /api/policy-reports',
  'GET /og/lists/{slug}/{file}',
  'GET /og/products/{id}/{file}',
  'GET /admin/queues',
  'GET /admin/queues/{rest*}',
  'PUT /admin/queues/{rest*}',
])

/** By address. A page for a session is shown in every role; it offers what the role may do. */
export const PAGES: Readonly<Record<string, Who>> = {
  '/{locale}': 'anyone',
  '/{locale}/cart': 'anyone',
  '/{locale}/categories/{slug}': 'anyone',
  '/{locale}/categories/{slug}/{page}': 'anyone',
  '/{locale}/checkout': 'anyone',
  '/{locale}/info/{policy}': 'anyone',
  '/{locale}/orders': 'anyone',
  '/{locale}/orders/{number}': 'anyone',
  '/{locale}/products/{slug}': 'anyone',
  '/{locale}/search': 'anyone',
  '/{locale}/{rest*}': 'anyone',
  '/admin': 'session',
  '/admin/account': 'session',
  '/admin/accounts': 'accounts:manage',
  '/admin/accounts/{id}': 'accounts:manage',
  '/admin/audit': 'session',
  '/admin/bulk': 'session',
  '/admin/bulk/import': 'bulk:write',
  '/admin/bulk/new': 'bulk:write',
  '/admin/bulk/{id}': 'session',
  '/admin/freshness': 'session',
  '/admin/freshness/alerts': 'session',
  '/admin/freshness/ledger': 'session',
  '/admin/freshness/products/{id}': 'session',
  '/admin/freshness/purge': 'session',
  '/admin/freshness/receipts/{kind}/{id}/{version}': 'session',
  '/admin/invitation': 'anyone',
  '/admin/orders': 'orders:read',
  '/admin/orders/{number}': 'orders:read',
  '/admin/products': 'session',
  '/admin/products/stock': 'products:write',
  '/admin/products/{id}': 'session',
  '/admin/products/{id}/receipts/{version}': 'session',
  '/admin/schedules': 'session',
  '/admin/sign-in': 'anyone',
  '/admin/tokens': 'tokens:manage',
}

/** By file and name. */
export const ACTIONS: Readonly<Record<string, Who>> = {
  'app/[locale]/checkout/placeOrder.ts#place': 'anyone',
  'app/[locale]/orders/findOrder.ts#findOrder': 'anyone',
  'app/admin/_actions/accounts.ts#disable': 'accounts:manage',
  'app/admin/_actions/accounts.ts#enable': 'accounts:manage',
  'app/admin/_actions/accounts.ts#invite': 'accounts:manage',
  'app/admin/_actions/accounts.ts#makeLink': 'accounts:manage',
  'app/admin/_actions/accounts.ts#remove': 'accounts:manage',
  'app/admin/_actions/accounts.ts#removeTwoFactor': 'accounts:manage',
  'app/admin/_actions/accounts.ts#setRole': 'accounts:manage',
  'app/admin/_actions/accounts.ts#signOutEverywhere': 'accounts:manage',
  'app/admin/_actions/cancelOrder.ts#cancel': 'orders:cancel',
  'app/admin/_actions/changeCost.ts#setCost': 'prices:write',
  'app/admin/_actions/changePrice.ts#changePrice': 'prices:write',
  'app/admin/_actions/changeProduct.ts#setSlug': 'products:write',
  'app/admin/_actions/changeProduct.ts#setTexts': 'products:write',
  'app/admin/_actions/changeStatus.ts#setStatus': 'products:write',
  'app/admin/_actions/changeStock.ts#setStock': 'products:write',
  'app/admin/_actions/invitation.ts#open': 'anyone',
  'app/admin/_actions/invitation.ts#setPassword': 'anyone',
  'app/admin/_actions/ownAccount.ts#changePassword': 'session',
  'app/admin/_actions/ownAccount.ts#signOutElsewhere': 'session',
  'app/admin/_actions/purge.ts#purgeCopies': 'freshness:purge',
  'app/admin/_actions/signIn.ts#confirmCode': 'anyone',
  'app/admin/_actions/signIn.ts#signIn': 'anyone',
  'app/admin/_actions/signIn.ts#signOut': 'anyone',
  'app/admin/_actions/twoFactor.ts#begin': 'session',
  'app/admin/_actions/twoFactor.ts#confirm': 'session',
  'app/admin/_actions/twoFactor.ts#end': 'session',
  'app/admin/_actions/twoFactor.ts#makeRecoveryCodes': 'session',
  'app/admin/_actions/tokens.ts#createToken': 'tokens:manage',
  'app/admin/_actions/tokens.ts#revokeToken': 'tokens:manage',
}
