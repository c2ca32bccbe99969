/** People's actions on their own account, in any role. */
import { hashPassword, verifyPassword } from 'better-auth/crypto'
import { refusals } from '#lib/audit/refusals.ts'
import { writeAudit } from '#lib/audit/writeAudit.ts'
import { db } from '#lib/platform/db.ts'
import { AccountError } from './errors.ts'
import { accountTarget } from './manageAccounts.ts'
import { passwordProblem } from './passwords.ts'
import type { SignedIn } from './requirePermission.ts'
import { liveSessions } from './sessionStore.ts'
import { signInThrottle } from './signInThrottle.ts'

export interface SessionView {
  readonly id: string
  readonly current: boolean
  /** The user agent of the browser; null where it said none. */
  readonly userAgent: string | null
  readonly address: string | null
  /** ISO 8601 */
  readonly startedAt: string
  readonly lastUsedAt: string
}

/** The open sessions, that of the request first, then the most recently used. */
export async function ownSessions({ principal, sessionId }: SignedIn): Promise<SessionView[]> {
  const where = { ...liveSessions(), userId: principal.userId }
  const rows = await db().session.findMany({ where, orderBy: { lastUsedAt: 'desc' } })
  const views = rows.map(({ id, userAgent, ipAddress, createdAt, lastUsedAt }) => ({
    id,
    current: id === sessionId,
    userAgent,
    address: ipAddress,
    startedAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt.toISOString(),
  }))
  return [...views.filter(({ current }) => current), ...views.filter(({ current }) => !current)]
}

/** Signs this person out everywhere but here. @returns how many sessions were ended */
export async function endOtherSessions({ principal, sessionId }: SignedIn): Promise<number> {
  return db().$transaction(async (tx) => {
    const { count } = await tx.session.deleteMany({ where: { userId: principal.userId, id: { not: sessionId } } })
    const entry = {
      action: 'accounts.sessions',
      target: accountTarget(principal.email),
      detail: { sessions: count },
    } as const
    if (count > 0) await writeAudit(tx, principal, entry)
    return count
  })
}

/**
 * A thief of an open session must not learn the password by trying, so attempts count as those of a sign-in.
 * @param address as from `clientAddress`, for the log
 * @throws {AccountError} when it is wrong, or was tried too often
 */
export async function confirmPassword({ principal }: SignedIn, password: string, address: string): Promise<void> {
  const attempt = { email: principal.email, address, device: 'own account' }
  const refuse = async (code: 'wrong_password' | 'too_many_attempts') => {
    await refusals().record({ who: principal, action: 'access.refuse', code, address, target: 'password' })
    return new AccountError(code)
  }
  if (!(await signInThrottle().admit(attempt)).admitted) throw await refuse('too_many_attempts')
  const account = await db().account.findFirst({ where: { userId: principal.userId, providerId: 'credential' } })
  const right = account?.password ? await verifyPassword({ hash: account.password, password }) : false
  if (!right) throw await refuse('wrong_password')
  await signInThrottle().succeeded(attempt)
}

/**
 * Every other session ends, since one of them may be why the password is changed.
 * @throws {AccountError} when the current password is wrong, or the new one is not taken
 */
export async function changeOwnPassword(
  session: SignedIn,
  { current, next }: { readonly current: string; readonly next: string },
  address: string,
): Promise<void> {
  const { principal, sessionId } = session
  const { userId, email } = principal
  const problem = current === next ? 'Choose another password than the current one.' : passwordProblem(next, email)
  if (problem !== undefined) throw new AccountError('password_refused', problem)
  await confirmPassword(session, current, address)
  const password = await hashPassword(next)
  await db().$transaction(async (tx) => {
    const data = { password, passwordSetAt: new Date() }
    await tx.account.updateMany({ where: { userId, providerId: 'credential' }, data })
    const { count } = await tx.session.deleteMany({ where: { userId, id: { not: sessionId } } })
    const entry = { action: 'accounts.password', target: accountTarget(email), detail: { sessions: count } } as const
    await writeAudit(tx, principal, entry)
  })
}
