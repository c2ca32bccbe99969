/** An administrator's actions on the accounts of others: each is in the audit log, in the transaction of the action. */
import { z } from 'zod'
import { assertMay, type Principal } from '#lib/access/principal.ts'
import type { Role } from '#lib/access/permissions.ts'
import { type AuditInput, writeAudit } from '#lib/audit/writeAudit.ts'
import type { Prisma } from '#lib/generated/prisma/client.ts'
import { Role as ROLES } from '#lib/generated/prisma/enums.ts'
import type { UserModel } from '#lib/generated/prisma/models.ts'
import { db } from '#lib/platform/db.ts'
import { AccountError } from './errors.ts'
import { liveSessions } from './sessionStore.ts'

export const roleName = z.enum(ROLES, 'A role is viewer, editor or admin.')

export interface AccountView {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: Role
  /** `invited`: its owner has set no password yet. */
  readonly state: 'active' | 'invited' | 'disabled'
  /** ISO 8601: until when the link that was made last may be used; null without one. */
  readonly linkExpiresAt: string | null
  readonly twoFactor: boolean
  /** Sessions that are open now. */
  readonly sessions: number
  /** ISO 8601 */
  readonly createdAt: string
}

const shown = () =>
  ({
    invitation: true,
    accounts: { where: { password: { not: null } }, select: { id: true } },
    _count: { select: { sessions: { where: liveSessions() } } },
  }) satisfies Prisma.UserInclude
type Row = Prisma.UserGetPayload<{ include: ReturnType<typeof shown> }>

function viewOf(row: Row): AccountView {
  const { id, email, name, role, disabledAt, createdAt, invitation, accounts, _count } = row
  const link = invitation && invitation.expiresAt > new Date() ? invitation.expiresAt.toISOString() : null
  return {
    id,
    email,
    name,
    role,
    state: disabledAt ? 'disabled' : accounts.length === 0 ? 'invited' : 'active',
    linkExpiresAt: link,
    twoFactor: row.twoFactorEnabled,
    sessions: _count.sessions,
    createdAt: createdAt.toISOString(),
  }
}

/** All accounts by e-mail, the disabled ones last. @throws {MissingPermissionError} */
export async function listAccounts(principal: Principal): Promise<AccountView[]> {
  assertMay(principal, 'accounts:manage')
  const rows = await db().user.findMany({ include: shown(), orderBy: { email: 'asc' } })
  const views = rows.map(viewOf)
  return [...views.filter(({ state }) => state !== 'disabled'), ...views.filter(({ state }) => state === 'disabled')]
}

/** @returns undefined when there is no such account @throws {MissingPermissionError} */
export async function readAccount(id: string, principal: Principal): Promise<AccountView | undefined> {
  assertMay(principal, 'accounts:manage')
  const row = await db().user.findUnique({ where: { id }, include: shown() })
  return row ? viewOf(row) : undefined
}

/** The account's name in the audit log. */
export function accountTarget(email: string): string {
  return `account:${email}`
}

const LAST_ADMINISTRATOR = 'the last administrator stays' // as the trigger says it

type Change = (tx: Prisma.TransactionClient, user: UserModel) => Promise<AuditInput | undefined>

/** @returns the account as it is afterwards; undefined when it was deleted */
async function changed(email: string, principal: Principal, change: Change): Promise<AccountView | undefined> {
  assertMay(principal, 'accounts:manage')
  try {
    return await db().$transaction(async (tx) => {
      const user = await tx.user.findUnique({ where: { email: email.trim().toLowerCase() } })
      if (!user) throw new AccountError('no_account')
      const entry = await change(tx, user)
      if (entry) await writeAudit(tx, principal, { target: accountTarget(user.email), ...entry })
      const row = await tx.user.findUnique({ where: { id: user.id }, include: shown() })
      return row ? viewOf(row) : undefined
    })
  } catch (error) {
    if (error instanceof Error && error.message.includes(LAST_ADMINISTRATOR))
      throw new AccountError('last_administrator')
    throw error
  }
}

/**
 * One change of one account, and its entry in the log, or neither.
 * @param email as people write it
 * @param change answers with what the log says; with undefined when there was nothing to do
 * @throws {MissingPermissionError} @throws {AccountError}
 */
export async function changeAccount(email: string, principal: Principal, change: Change): Promise<AccountView> {
  const account = await changed(email, principal, change)
  if (!account) throw new AccountError('no_account')
  return account
}

/**
 * Takes the account away with its sessions, links and second factor. Its name stays in the log and in the history of prices, and
 * its API tokens stay as names that open nothing.
 * @throws {MissingPermissionError} @throws {AccountError} for the own account, and for the last administrator who can sign in
 */
export async function deleteAccount(email: string, principal: Principal): Promise<void> {
  await changed(email, principal, async (tx, { id, role }) => {
    if (id === principal.userId) throw new AccountError('own_account')
    const tokens = await tx.apiToken.count({ where: { userId: id } })
    await tx.user.delete({ where: { id } })
    return { action: 'accounts.delete', detail: { role, tokens } }
  })
}

/** The account keeps its name in the history, and opens nothing: its sessions end at once, its API tokens are refused. */
export function disableAccount(email: string, principal: Principal): Promise<AccountView> {
  return changeAccount(email, principal, async (tx, { id, disabledAt }) => {
    if (id === principal.userId) throw new AccountError('own_account')
    if (disabledAt) return undefined
    await tx.user.update({ where: { id }, data: { disabledAt: new Date() } })
    const { count } = await tx.session.deleteMany({ where: { userId: id } })
    return { action: 'accounts.disable', detail: { sessions: count } }
  })
}

/** Gives an account its rights back. Sessions from before stay ended. */
export function enableAccount(email: string, principal: Principal): Promise<AccountView> {
  return changeAccount(email, principal, async (tx, { id, disabledAt }) => {
    if (!disabledAt) return undefined
    await tx.session.deleteMany({ where: { userId: id } }) // one that began while it was being disabled
    await tx.user.update({ where: { id }, data: { disabledAt: null } })
    return { action: 'accounts.enable' }
  })
}

/** Signs the account out everywhere. */
export function endSessions(email: string, principal: Principal): Promise<AccountView> {
  return changeAccount(email, principal, async (tx, { id }) => {
    const { count } = await tx.session.deleteMany({ where: { userId: id } })
    return count === 0 ? undefined : { action: 'accounts.sessions', detail: { sessions: count } }
  })
}

/** The rights of the account from its next request on. */
export function changeRole(email: string, role: string, principal: Principal): Promise<AccountView> {
  const wanted = roleName.safeParse(role)
  return changeAccount(email, principal, async (tx, { id, role: before }) => {
    if (!wanted.success) throw new AccountError('invalid_input', wanted.error.issues[0]?.message)
    if (before === wanted.data) return undefined
    if (id === principal.userId) throw new AccountError('own_account')
    await tx.user.update({ where: { id }, data: { role: wanted.data } })
    return { action: 'accounts.role', detail: { from: before, to: wanted.data } }
  })
}

/** For an owner who has lost both the authenticator and the recovery codes: the password alone signs in again. Its sessions end. */
export function resetTwoFactor(email: string, principal: Principal): Promise<AccountView> {
  return changeAccount(email, principal, async (tx, { id }) => {
    const { count } = await tx.twoFactor.deleteMany({ where: { userId: id } })
    if (count === 0) return undefined
    await tx.user.update({ where: { id }, data: { twoFactorEnabled: false } })
    const { count: sessions } = await tx.session.deleteMany({ where: { userId: id } })
    return { action: 'accounts.two-factor-off', detail: { sessions } }
  })
}
