import { isAPIError } from 'better-auth/api'
import { tokenPrincipal } from './apiTokens.ts'
import { auth } from './auth.ts'
import { ForeignOriginError, SessionStoreUnavailableError, SignedOutError } from '#lib/access/errors.ts'
import { type Permission, permissionsOf } from '#lib/access/permissions.ts'
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { foreignOrigin } from './trustedOrigins.ts'

export type { Principal }

/**
 * @returns undefined when nobody is signed in, or the session has ended
 * @throws {SessionStoreUnavailableError} when Postgres does not answer
 */
export async function currentPrincipal(headers: Headers): Promise<Principal | undefined> {
  const session = await auth()
    .api.getSession({ headers })
    .catch((error: unknown) => {
      throw isAPIError(error) && error.statusCode >= 500 ? new SessionStoreUnavailableError(error) : error
    })
  if (!session) return undefined
  const { id, name, email, role } = session.user
  return { kind: 'session', userId: id, name, email, actor: email, role, permissions: permissionsOf(role) }
}

/** The token of `Authorization: Bearer TOKEN`. Another scheme is a proxy's business, not ours. */
function bearerToken(headers: Headers): string | undefined {
  return /^Bearer\b *(.*)$/i.exec(headers.get('authorization') ?? '')?.[1]
}

async function sessionPrincipal(source: Request | Headers, headers: Headers): Promise<Principal> {
  if (source instanceof Request && !['GET', 'HEAD'].includes(source.method)) {
    const foreign = foreignOrigin(headers)
    if (foreign !== undefined) throw new ForeignOriginError(foreign)
  }
  const principal = await currentPrincipal(headers)
  if (!principal) throw new SignedOutError()
  return principal
}

/**
 * The first line of every admin route and action. A request that names a token is judged by it alone: a bad token does
 * not fall back to the session of the browser that sent it, and no foreign page can make a browser send a token.
 * @param source the request, or its headers in a server action, where Next has compared the origin already
 * @throws {SignedOutError} without a session
 * @throws {InvalidTokenError} with a token that is unknown, revoked or expired
 * @throws {MissingPermissionError} when the role does not include the permission
 * @throws {SessionStoreUnavailableError} when Postgres does not answer
 * @throws {ForeignOriginError} when a page of another site sent a request that changes something
 * @example const editor = await requirePermission(request, 'prices:write')
 */
export async function requirePermission(source: Request | Headers, permission: Permission): Promise<Principal> {
  const headers = source instanceof Request ? source.headers : source
  const token = bearerToken(headers)
  const principal = token === undefined ? await sessionPrincipal(source, headers) : await tokenPrincipal(token)
  assertMay(principal, permission)
  return principal
}
