/** A second factor beside the password: an authenticator (TOTP, RFC 6238) and ten recovery codes, kept by better-auth's plugin. */
import { isAPIError } from 'better-auth/api'
import { parseSetCookieHeader } from 'better-auth/cookies'
import { writeAudit } from '#lib/audit/writeAudit.ts'
import type { AuditAction } from '#lib/audit/actions.ts'
import type { Prisma } from '#lib/generated/prisma/client.ts'
import { db } from '#lib/platform/db.ts'
import { auth } from './auth.ts'
import { AccountError } from './errors.ts'
import { accountTarget } from './manageAccounts.ts'
import { confirmPassword } from './ownAccount.ts'
import type { SignedIn } from './requirePermission.ts'
import { authTransaction, hashToken } from './sessionStore.ts'

type Tx = Parameters<Parameters<typeof authTransaction>[0]>[0]

/** An action of a person on the second factor, in a session. */
export interface TwoFactorRequest {
  readonly session: SignedIn
  /** The headers of the request: better-auth finds the session by its cookie. */
  readonly headers: Headers
  /** As from `clientAddress`. */
  readonly address: string
}

/** Whether the account asks for a code. */
export async function hasTwoFactor({ principal }: SignedIn): Promise<boolean> {
  return (await db().user.findUniqueOrThrow({ where: { id: principal.userId } })).twoFactorEnabled
}

/** A change and its entry in the log, or neither. @param change answers with the detail of the entry, too */
function logged<T>(
  { session: { principal } }: TwoFactorRequest,
  action: AuditAction,
  change: (tx: Tx) => Promise<{ readonly made: T; readonly detail?: Prisma.InputJsonObject }>,
): Promise<T> {
  return authTransaction(async (tx) => {
    const { made, detail = {} } = await change(tx)
    await writeAudit(tx, principal, { action, target: accountTarget(principal.email), detail })
    return made
  })
}

/** All sessions of the account but the one that an answer has begun. @returns how many */
async function endOthers(tx: Tx, { session: { principal } }: TwoFactorRequest, answer: Headers): Promise<number> {
  const { name } = (await auth().$context).authCookies.sessionToken
  const token = parseSetCookieHeader(answer.get('set-cookie') ?? '')
    .get(name)
    ?.value.split('.')[0]
  if (token === undefined) throw new Error('a second factor was confirmed without a session that goes on')
  const where = { userId: principal.userId, token: { not: hashToken(token) } }
  return (await tx.session.deleteMany({ where })).count
}

/**
 * Makes a secret, which counts from the first right code on.
 * @returns the address that an authenticator reads from a QR code, and the recovery codes, both for the one time that they are shown
 * @throws {AccountError} when the password is wrong
 */
export async function beginTwoFactor(
  request: TwoFactorRequest,
  password: string,
): Promise<{ readonly uri: string; readonly recoveryCodes: readonly string[] }> {
  await confirmPassword(request.session, password, request.address)
  const answer = await auth().api.enableTwoFactor({ body: { password }, headers: request.headers })
  if (answer.method !== 'totp') throw new Error('a second factor other than TOTP was made')
  return { uri: answer.totpURI, recoveryCodes: answer.backupCodes }
}

/**
 * Every other session ends: it was opened without a second factor.
 * @returns headers with the cookie of the session that goes on
 * @throws {AccountError} when the code is wrong
 */
export async function confirmTwoFactor(request: TwoFactorRequest, code: string): Promise<Headers> {
  return logged(request, 'accounts.two-factor-on', async (tx) => {
    const { headers } = await auth()
      .api.verifyTOTP({ body: { code: code.replaceAll(' ', '') }, headers: request.headers, returnHeaders: true })
      .catch((error: unknown) => {
        throw isAPIError(error) && error.statusCode < 500 ? new AccountError('wrong_code') : error
      })
    return { made: headers, detail: { sessions: await endOthers(tx, request, headers) } }
  })
}

/** @returns headers with the cookie of the session that goes on @throws {AccountError} when the password is wrong */
export async function endTwoFactor(request: TwoFactorRequest, password: string): Promise<Headers> {
  await confirmPassword(request.session, password, request.address)
  const asked = { body: { password }, headers: request.headers, returnHeaders: true } as const
  return logged(request, 'accounts.two-factor-off', async () => {
    const { headers } = await auth().api.disableTwoFactor(asked)
    return { made: headers }
  })
}

/** The codes from before open nothing any more. @throws {AccountError} when the password is wrong */
export async function newRecoveryCodes(request: TwoFactorRequest, password: string): Promise<readonly string[]> {
  await confirmPassword(request.session, password, request.address)
  return logged(request, 'accounts.recovery-codes', async () => {
    const { backupCodes } = await auth().api.generateBackupCodes({ body: { password }, headers: request.headers })
    return { made: backupCodes }
  })
}
