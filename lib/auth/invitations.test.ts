import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { MissingPermissionError, SignedOutError } from '#lib/access/errors.ts'
import { shellPrincipal } from '#lib/access/principal.ts'
import { db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { freshDatabase, type TestDatabase } from '#lib/platform/testing/database.ts'
import { upsertAccount } from './accounts.ts'
import { AccountError } from './errors.ts'
import { ensureFirstAdmin } from './firstAdmin.ts'
import { inviteAccount, type Link, newLink, readLink, setPasswordByLink } from './invitations.ts'
import { changeRole, disableAccount, enableAccount, listAccounts } from './manageAccounts.ts'
import { requirePermission, requireSignedIn } from './requirePermission.ts'
import { postAuth, signInAs } from './testing/signIn.ts'

const password = 'a long enough password'
const chosen = 'seven blue lanterns on a roof'
const shell = shellPrincipal('tester')
let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
  stubEnvironment({ databaseUrl: database.url, redisUrl: 'redis://127.0.0.1:1' })
  await ensureFirstAdmin()
})
afterAll(async () => {
  await db().$disconnect()
  vi.unstubAllEnvs()
  await database.drop()
})

const someEmail = () => `${randomUUID().slice(0, 8)}@evergreen.example`
const invite = (email: string, role = 'editor') => inviteAccount({ email, name: 'Nora', role }, shell)
const tokenOf = ({ url }: Link) => new URL(url).hash.slice(1)
const code = (error: unknown) => (error instanceof AccountError ? error.code : error)
const logged = (email: string) =>
  db().auditEntry.findMany({ where: { target: `account:${email}` }, orderBy: { id: 'asc' } })

describe('a link', () => {
  test('makes an account that opens once its owner has set a password, and is used once', async () => {
    const email = someEmail()
    const link = await invite(email.toUpperCase())
    expect(link.account).toMatchObject({ email, role: 'editor', state: 'invited' })
    expect(link.url).toMatch(new RegExp(`^${env().PUBLIC_URL}/admin/invitation#[\\w-]{43}$`))
    expect((await postAuth('/sign-in/email', { email, password: chosen })).status).toBe(401)
    expect(await readLink(tokenOf(link))).toEqual({ email, name: 'Nora' })
    expect(await setPasswordByLink(tokenOf(link), 'short').catch(code)).toBe('password_refused')

    const both = await Promise.allSettled([
      setPasswordByLink(tokenOf(link), chosen),
      setPasswordByLink(tokenOf(link), chosen),
    ])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    const cookie = await signInAs(email, chosen)
    expect(await requirePermission(new Headers({ cookie }), 'prices:write')).toMatchObject({ email, role: 'editor' })
    expect(await readLink(tokenOf(link))).toBeUndefined()
    expect(await setPasswordByLink(tokenOf(link), 'another good password').catch(code)).toBe('link_ended')
    expect((await logged(email)).map(({ action, actor }) => [action, actor])).toEqual([
      ['accounts.invite', 'shell tester'],
      ['accounts.password', email],
    ])
  })

  test('is not in the table: a copy of it sets no password', async () => {
    const link = await invite(someEmail())
    const rows = await db().invitation.findMany()
    expect(JSON.stringify(rows)).not.toContain(tokenOf(link))
    for (const { tokenHash } of rows) expect(await readLink(tokenHash)).toBeUndefined()
  })

  test('ends with time, with a newer one, and while the account is disabled', async () => {
    const email = someEmail()
    const first = tokenOf(await invite(email))
    const second = tokenOf(await newLink(email, shell))
    expect([await readLink(first), await readLink(second)]).toMatchObject([undefined, { email }])
    await disableAccount(email, shell)
    expect(await setPasswordByLink(second, chosen).catch(code)).toBe('link_ended')
    expect(await newLink(email, shell).catch(code)).toBe('account_disabled')
    await enableAccount(email, shell)
    expect(await readLink(second)).toMatchObject({ email })
    await db().invitation.updateMany({ data: { expiresAt: new Date(Date.now() - 1_000) } })
    expect(await setPasswordByLink(second, chosen).catch(code)).toBe('link_ended')
    for (const nonsense of ['', 'x', 'A'.repeat(43)]) expect(await readLink(nonsense)).toBeUndefined()
  })

  test('gives a lost password back, and ends the sessions that the old one opened', async () => {
    const email = someEmail()
    await upsertAccount({ email, password, name: 'Otto', role: 'viewer' })
    const cookie = await signInAs(email, password)
    const link = await newLink(email, shell)
    expect(await requirePermission(new Headers({ cookie }), 'prices:read')).toMatchObject({ email })
    await setPasswordByLink(tokenOf(link), chosen)
    await expect(requirePermission(new Headers({ cookie }), 'prices:read')).rejects.toBeInstanceOf(SignedOutError)
    expect((await postAuth('/sign-in/email', { email, password })).status).toBe(401)
    expect(await signInAs(email, chosen)).not.toBe('')
  })

  test.each([
    ['no e-mail', { email: 'nora', name: 'Nora', role: 'viewer' }, 'invalid_input'],
    ['no name', { email: 'nora@evergreen.example', name: ' ', role: 'viewer' }, 'invalid_input'],
    ['no role', { email: 'nora@evergreen.example', name: 'Nora', role: 'owner' }, 'invalid_input'],
    ['an e-mail that is taken', { email: 'ADMIN@evergreen.example', name: 'Nora', role: 'viewer' }, 'account_exists'],
  ])('is not made for %s', async (_what, input, why) => {
    const before = await listAccounts(shell)
    expect(await inviteAccount(input, shell).catch(code)).toBe(why)
    expect(await listAccounts(shell)).toEqual(before)
  })
})

describe('a role', () => {
  test('is changed for the next request, by an administrator, and not one’s own', async () => {
    const email = someEmail()
    await upsertAccount({ email, password, name: 'Rob', role: 'editor' })
    const cookie = await signInAs(email, password)
    const { principal } = await requireSignedIn(new Headers({ cookie }))
    await expect(changeRole(email, 'admin', principal)).rejects.toBeInstanceOf(MissingPermissionError)
    expect(await changeRole(email, 'viewer', shell)).toMatchObject({ role: 'viewer' })
    await expect(requirePermission(new Headers({ cookie }), 'prices:write')).rejects.toBeInstanceOf(
      MissingPermissionError,
    )
    await changeRole(email, 'admin', shell)
    const admin = (await requireSignedIn(new Headers({ cookie }))).principal
    expect(await changeRole(email, 'viewer', admin).catch(code)).toBe('own_account')
    expect(await changeRole(email, 'owner', shell).catch(code)).toBe('invalid_input')
    await changeRole(email, 'viewer', shell)
    expect(await changeRole(env().ADMIN_EMAIL, 'viewer', shell).catch(code)).toBe('last_administrator')
    expect((await logged(email)).map(({ detail }) => detail)).toEqual([
      { from: 'editor', to: 'viewer' },
      { from: 'viewer', to: 'admin' },
      { from: 'admin', to: 'viewer' },
    ])
  })
})
