import { isAPIError } from 'better-auth/api'
import { tokenPrincipal } from './apiTokens.ts'
import { auth } from './auth.ts'
import {
  ForeignOriginError,
  isAccessError,
  SecondFactorDueError,
  SessionStoreUnavailableError,
  SignedOutError,
} from '#lib/access/errors.ts'
import { type Permission, permissionsOf } from '#lib/access/permissions.ts'
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { refusals } from '#lib/audit/refusals.ts'
import type { AuditActor } from '#lib/audit/writeAudit.ts'
import { env } from '#lib/platform/env.ts'
import { clientAddress } from '#lib/platform/http/clientAddress.ts'
import { touchSession } from './sessionStore.ts'
import { foreignOrigin } from './trustedOrigins.ts'

export type { Principal }

/**
 * A person asks by a request, which keeps the session from idling; an open stream is asked for again by itself. Setting up a
 * second factor (`enrolment`) is all that an account may do whose role asks for one that it does not have.
 */
export type SessionUse = 'request' | 'stream' | 'enrolment'

/** A person, and the session that the request came in. */
export interface SignedIn {
  readonly principal: Principal
  readonly sessionId: string
  /** The role asks for a second factor, and the account has none: nothing else is done in the session. */
  readonly owesSecondFactor: boolean
}

/**
 * The one place where sessions are read.
 * @returns undefined without a session, or when it has ended
 * @throws {SessionStoreUnavailableError} when Postgres does not answer
 * @throws {SecondFactorDueError} when the role asks for a second factor that the account does not have
 */
export async function currentSession(headers: Headers, use: SessionUse = 'request'): Promise<SignedIn | undefined> {
  const session = await auth()
    .api.getSession({ headers })
    .catch((error: unknown) => {
      throw isAPIError(error) && error.statusCode >= 500 ? new SessionStoreUnavailableError(error) : error
    })
  if (!session) return undefined
  if (use !== 'stream') await touchSession(session.session.id)
  const { id, name, email, role, twoFactorEnabled } = session.user
  const owesSecondFactor = twoFactorEnabled !== true && env().SECOND_FACTOR_FOR.includes(role)
  if (owesSecondFactor && use !== 'enrolment') throw new SecondFactorDueError({ email, role })
  const principal = { kind: 'session', userId: id, name, email, actor: email, role } as const
  return {
    principal: { ...principal, permissions: permissionsOf(role) },
    sessionId: session.session.id,
    owesSecondFactor,
  }
}

/** The token of `Authorization: Bearer TOKEN`. Another scheme is a proxy's business, not ours. */
function bearerToken(headers: Headers): string | undefined {
  return /^Bearer\b *(.*)$/i.exec(headers.get('authorization') ?? '')?.[1]
}

async function sessionPrincipal(source: Request | Headers, headers: Headers, use: SessionUse): Promise<Principal> {
  if (source instanceof Request && !['GET', 'HEAD'].includes(source.method)) {
    const foreign = foreignOrigin(headers)
    if (foreign !== undefined) throw new ForeignOriginError(foreign)
  }
  const session = await currentSession(headers, use)
  if (!session) throw new SignedOutError()
  return session.principal
}

function recordRefusal(error: unknown, headers: Headers, asker: AuditActor, target: string): Promise<void> | undefined {
  if (!isAccessError(error) || error.status >= 500) return undefined
  const address = clientAddress(headers)
  const who = error instanceof SecondFactorDueError ? ({ actor: error.actor, kind: 'session' } as const) : asker
  return refusals().record({ who, action: 'access.refuse', code: error.code, address, target })
}

/**
 * The first line of an action that belongs to all who are signed in, in any role: their own account.
 * @param use `enrolment` where the action sets up a second factor
 * @throws {SignedOutError} without a session
 * @throws {SecondFactorDueError} when the role asks for a second factor that the account does not have
 * @throws {SessionStoreUnavailableError} when Postgres does not answer
 */
export async function requireSignedIn(headers: Headers, use: SessionUse = 'request'): Promise<SignedIn> {
  try {
    const session = await currentSession(headers, use)
    if (!session) throw new SignedOutError()
    return session
  } catch (error) {
    await recordRefusal(error, headers, { actor: 'anonymous', kind: 'session' }, 'account')
    throw error
  }
}

/**
 * The first line of every admin route and action. A request that names a token is judged by it alone: a bad token does
 * not fall back to the session of the browser that sent it, and no foreign page can make a browser send a token.
 * A refusal is in the audit log.
 * @param source the request, or its headers in a server action, where Next has compared the origin already
 * @param use `stream` where the stream asks by itself, so that an open tab does not keep its session from idling
 * @throws {SignedOutError} without a session
 * @throws {InvalidTokenError} with a token that is unknown, revoked or expired
 * @throws {SecondFactorDueError} when the role asks for a second factor that the account does not have; tokens have none
 * @throws {MissingPermissionError} when the role does not include the permission
 * @throws {SessionStoreUnavailableError} when Postgres does not answer
 * @throws {ForeignOriginError} when a page of another site sent a request that changes something
 * @example const editor = await requirePermission(request, 'prices:write')
 */
export async function requirePermission(
  source: Request | Headers,
  permission: Permission,
  use: SessionUse = 'request',
): Promise<Principal> {
  const headers = source instanceof Request ? source.headers : source
  const token = bearerToken(headers)
  let principal: Principal | undefined
  try {
    principal = token === undefined ? await sessionPrincipal(source, headers, use) : await tokenPrincipal(token)
    assertMay(principal, permission)
    return principal
  } catch (error) {
    const who = principal ?? { actor: 'anonymous', kind: token === undefined ? 'session' : 'token' }
    await recordRefusal(error, headers, who, `permission:${permission}`)
    throw error
  }
}
