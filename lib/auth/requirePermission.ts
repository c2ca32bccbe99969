import { isAPIError } from 'better-auth/api'
import { auth } from './auth.ts'
import { ForeignOriginError, SessionStoreUnavailableError, SignedOutError } from './errors.ts'
import { type Permission, permissionsOf } from './permissions.ts'
import { assertMay, type Principal } from './principal.ts'
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

/**
 * The first line of every admin route and action.
 * @param source the request, or its headers in a server action, where Next has compared the origin already
 * @throws {SignedOutError} without a session
 * @throws {MissingPermissionError} when the role does not include the permission
 * @throws {SessionStoreUnavailableError} when Postgres does not answer
 * @throws {ForeignOriginError} when a page of another site sent a request that changes something
 * @example const editor = await requirePermission(request, 'prices:write')
 */
export async function requirePermission(source: Request | Headers, permission: Permission): Promise<Principal> {
  const headers = source instanceof Request ? source.headers : source
  if (source instanceof Request && !['GET', 'HEAD'].includes(source.method)) {
    const foreign = foreignOrigin(headers)
    if (foreign !== undefined) throw new ForeignOriginError(foreign)
  }
  const principal = await currentPrincipal(headers)
  if (!principal) throw new SignedOutError()
  assertMay(principal, permission)
  return principal
}
