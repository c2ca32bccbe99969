/**
 * Links with which people set the password of their account: of a new one, or of one whose password is lost. The link is shown once,
 * to its maker; there is no mailer. The table holds the hash of its token, and the token stands behind the `#` of the address,
 * which no browser sends, so that it is in no log of a proxy.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { hashPassword } from 'better-auth/crypto'
import { z } from 'zod'
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { writeAudit } from '#lib/audit/writeAudit.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { AccountError } from './errors.ts'
import { accountTarget, type AccountView, changeAccount, readAccount, roleName } from './manageAccounts.ts'
import { passwordProblem } from './passwords.ts'

/** Three days: over a weekend. */
const LINK_SECONDS = 3 * 24 * 60 * 60
const SHAPE = /^[\w-]{43}$/

const newAccount = z.object({
  email: z
    .string()
    .trim()
    .toLowerCase()
    .max(200, 'An e-mail has at most 200 characters.')
    .pipe(z.email('This is not an e-mail.')),
  name: z.string().trim().min(1, 'Say who it is.').max(100, 'A name has at most 100 characters.'),
  role: roleName,
})
export type NewAccount = Readonly<Record<keyof z.input<typeof newAccount>, string>>

export interface Link {
  readonly account: AccountView
  /** Shown once: it cannot be read again. */
  readonly url: string
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')
const addressOf = (token: string) => `${env().PUBLIC_URL}/admin/invitation#${token}`

/** The newest link of an account is the only one. */
async function putLink(tx: Prisma.TransactionClient, userId: string, { actor }: Principal): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  const now = new Date()
  const expiresAt = new Date(now.getTime() + LINK_SECONDS * 1_000)
  const data = { tokenHash: hashOf(token), invitedBy: actor, createdAt: now, expiresAt }
  await tx.invitation.upsert({ where: { userId }, create: { userId, ...data }, update: data })
  return token
}

/**
 * Makes the account, which opens nothing until its owner has set a password.
 * @throws {MissingPermissionError} @throws {AccountError} for what is not understood, or an e-mail that has an account
 */
export async function inviteAccount(input: NewAccount, principal: Principal): Promise<Link> {
  assertMay(principal, 'accounts:manage')
  const asked = newAccount.safeParse(input)
  if (!asked.success) throw new AccountError('invalid_input', asked.error.issues[0]?.message)
  const { email, name, role } = asked.data
  const id = randomUUID()
  try {
    const token = await db().$transaction(async (tx) => {
      await tx.user.create({ data: { id, email, name, role, emailVerified: true } })
      await writeAudit(tx, principal, { action: 'accounts.invite', target: accountTarget(email), detail: { role } })
      return putLink(tx, id, principal)
    })
    const account = await readAccount(id, principal)
    if (!account) throw new AccountError('no_account')
    return { account, url: addressOf(token) }
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002')
      throw new AccountError('account_exists')
    throw error
  }
}

/** A new link for an account that is there; one from before ends. The old password works until it is used. */
export async function newLink(email: string, principal: Principal): Promise<Link> {
  let token = ''
  const account = await changeAccount(email, principal, async (tx, { id, role, disabledAt }) => {
    if (disabledAt) throw new AccountError('account_disabled')
    token = await putLink(tx, id, principal)
    return { action: 'accounts.link', detail: { role } }
  })
  return { account, url: addressOf(token) }
}

const usable = (token: string) => ({
  tokenHash: hashOf(SHAPE.test(token) ? token : ''),
  expiresAt: { gt: new Date() },
  user: { disabledAt: null },
})

/** The account of a link. @returns undefined when it has ended, or never was one */
export async function readLink(token: string): Promise<{ readonly email: string; readonly name: string } | undefined> {
  const where = usable(token)
  return (await db().invitation.findFirst({ where, select: { user: { select: { email: true, name: true } } } }))?.user
}

/**
 * Sets the password, which ends the link and every session of the account. It signs in as always afterwards.
 * @throws {AccountError} when the link has ended, or the password is not taken
 */
export async function setPasswordByLink(token: string, password: string): Promise<void> {
  const owner = await readLink(token)
  if (!owner) throw new AccountError('link_ended')
  const problem = passwordProblem(password, owner.email)
  if (problem !== undefined) throw new AccountError('password_refused', problem)
  const data = { password: await hashPassword(password), passwordSetAt: new Date() }
  await db().$transaction(async (tx) => {
    const invitation = await tx.invitation.findFirst({ where: usable(token) })
    // Of two simultaneous uses one deletes it.
    const { count } = await tx.invitation.deleteMany({ where: usable(token) })
    if (!invitation || count === 0) throw new AccountError('link_ended')
    const { userId } = invitation
    const changed = await tx.account.updateMany({ where: { userId, providerId: 'credential' }, data })
    if (changed.count === 0)
      await tx.account.create({
        data: { id: randomUUID(), userId, accountId: userId, providerId: 'credential', ...data },
      })
    const { count: sessions } = await tx.session.deleteMany({ where: { userId } })
    const detail = { by: 'link', invitedBy: invitation.invitedBy, sessions }
    await writeAudit(
      tx,
      { actor: owner.email, kind: 'session' },
      { action: 'accounts.password', target: accountTarget(owner.email), detail },
    )
  })
}
