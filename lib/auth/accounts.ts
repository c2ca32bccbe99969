import { randomUUID } from 'node:crypto'
import { hashPassword, verifyPassword } from 'better-auth/crypto'
import { db } from '#lib/platform/db.ts'
import type { Role } from '#lib/access/permissions.ts'

export interface AccountInput {
  readonly email: string
  readonly password: string
  readonly name: string
  readonly role: Role
}

/**
 * Makes the account, or gives an existing one this role and password. A changed password ends its sessions. An account whose
 * owner has chosen a password is left alone: what its people do wins over what set-up got once.
 * @returns what happened
 */
export async function upsertAccount({
  email: spelled,
  password,
  name,
  role,
}: AccountInput): Promise<'created' | 'updated' | 'unchanged'> {
  const email = spelled.toLowerCase() // as better-auth looks it up
  const user = await db().user.findUnique({
    where: { email },
    include: { accounts: { where: { providerId: 'credential' } } },
  })
  const account = user?.accounts[0]
  if (account?.passwordSetAt) return 'unchanged'
  const samePassword = account?.password ? await verifyPassword({ hash: account.password, password }) : false
  if (user && samePassword && user.role === role) return 'unchanged'

  const hash = samePassword ? undefined : await hashPassword(password)
  await db().$transaction(async (tx) => {
    const { id: userId } = await tx.user.upsert({
      where: { email },
      create: { id: randomUUID(), email, name, role, emailVerified: true },
      update: { role },
    })
    if (hash === undefined) return
    if (account) await tx.account.update({ where: { id: account.id }, data: { password: hash } })
    else
      await tx.account.create({
        data: { id: randomUUID(), userId, accountId: userId, providerId: 'credential', password: hash },
      })
    await tx.session.deleteMany({ where: { userId } })
  })
  return user ? 'updated' : 'created'
}
