import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { InvalidTokenError, MissingPermissionError, SignedOutError } from '#lib/access/errors.ts'
import { shellPrincipal } from '#lib/access/principal.ts'
import { db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { freshDatabase, type TestDatabase } from '#lib/platform/testing/database.ts'
import { upsertAccount } from './accounts.ts'
import { createApiToken, listApiTokens } from './apiTokens.ts'
import { AccountError } from './errors.ts'
import { ensureFirstAdmin } from './firstAdmin.ts'
import { deleteAccount, disableAccount, enableAccount, endSessions, listAccounts } from './manageAccounts.ts'
import { changeOwnPassword, endOtherSessions, ownSessions } from './ownAccount.ts'
import { requirePermission, requireSignedIn } from './requirePermission.ts'
import { MOST_FOR_PAIR } from './signInThrottle.ts'
import { cookieOf, postAuth, signInAs } from './testing/signIn.ts'

const password = 'a long enough password'
const next = 'seven blue lanterns on a roof'
const address = '192.0.2.1'
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

async function newAccount(role: 'viewer' | 'editor' | 'admin' = 'editor'): Promise<string> {
  const email = `${randomUUID().slice(0, 8)}@evergreen.example`
  await upsertAccount({ email, password, name: 'Tess', role })
  return email
}
const mayRead = (cookie: string) => requirePermission(new Headers({ cookie }), 'prices:read')
const own = (cookie: string) => requireSignedIn(new Headers({ cookie }))
const logged = (email: string) =>
  db().auditEntry.findMany({ where: { target: `account:${email}` }, orderBy: { id: 'asc' } })
const actionsOf = async (email: string) => (await logged(email)).map(({ action }) => action)
const code = (error: unknown) => (error instanceof AccountError ? error.code : error)

describe('a disabled account', () => {
  test('is signed out at once and cannot sign in, until it is enabled; and other visitors do not learn that it exists', async () => {
    const email = await newAccount()
    const cookie = await signInAs(email, password)
    expect(await disableAccount(email.toUpperCase(), shell)).toMatchObject({ state: 'disabled', sessions: 0 })
    await expect(mayRead(cookie)).rejects.toBeInstanceOf(SignedOutError)
    const refused = await postAuth('/sign-in/email', { email, password })
    expect([refused.status, cookieOf(refused)]).toEqual([403, ''])
    expect(await refused.json()).toMatchObject({ code: 'ACCOUNT_DISABLED' })
    expect((await postAuth('/sign-in/email', { email, password: 'a wrong password' })).status).toBe(401)
    expect(await db().session.count({ where: { user: { email } } })).toBe(0)
    expect(await db().auditEntry.findMany({ where: { actor: email, action: 'session.refuse' } })).toMatchObject([
      { detail: { code: 'account_disabled' } },
      { detail: { code: 'wrong_password' } },
    ])
    await enableAccount(email, shell)
    await expect(mayRead(cookie)).rejects.toBeInstanceOf(SignedOutError)
    expect(await mayRead(await signInAs(email, password))).toMatchObject({ email })
    expect(await actionsOf(email)).toEqual(['accounts.disable', 'accounts.enable'])
  })

  test('is neither the last administrator nor the acting one', async () => {
    const email = env().ADMIN_EMAIL
    const last = await disableAccount(email, shell).catch(code)
    const { principal } = await own(await signInAs(email, env().ADMIN_PASSWORD))
    await newAccount('admin')
    expect([last, await disableAccount(email, principal).catch(code)]).toEqual(['last_administrator', 'own_account'])
    expect((await listAccounts(shell)).find((account) => account.email === email)).toMatchObject({ state: 'active' })
    expect(await actionsOf(email)).toEqual([])
  })

  test('stays as it is without the permission, and for a name without an account', async () => {
    const email = await newAccount()
    const { principal } = await own(await signInAs(await newAccount('editor'), password))
    await expect(disableAccount(email, principal)).rejects.toBeInstanceOf(MissingPermissionError)
    await expect(listAccounts(principal)).rejects.toBeInstanceOf(MissingPermissionError)
    expect(await disableAccount('unknown@evergreen.example', shell).catch(code)).toBe('no_account')
    expect(await actionsOf(email)).toEqual([])
  })
})

describe('a deleted account', () => {
  test('is gone with its sessions; its tokens and its entries in the log keep their names', async () => {
    const email = await newAccount('admin')
    const cookie = await signInAs(email, password)
    const name = `of ${email}`
    const { token } = await createApiToken({ name, role: 'viewer' }, (await own(cookie)).principal)
    await deleteAccount(` ${email.toUpperCase()}`, shell)
    await expect(mayRead(cookie)).rejects.toBeInstanceOf(SignedOutError)
    expect((await postAuth('/sign-in/email', { email, password })).status).toBe(401)
    const asToken = requirePermission(new Headers({ authorization: `Bearer ${token}` }), 'prices:read')
    await expect(asToken).rejects.toBeInstanceOf(InvalidTokenError)
    expect((await listApiTokens(shell)).find((one) => one.name === name)).toMatchObject({
      createdBy: null,
      usable: false,
    })
    expect((await listAccounts(shell)).filter((account) => account.email === email)).toEqual([])
    expect(await db().auditEntry.count({ where: { actor: email, action: 'tokens.create' } })).toBe(1)
    expect(await logged(email)).toMatchObject([
      { action: 'accounts.delete', via: 'shell', detail: { role: 'admin', tokens: 1 } },
    ])
    expect(await deleteAccount(email, shell).catch(code)).toBe('no_account')
  })

  test('is neither the last administrator nor the acting one, nor deleted without the permission', async () => {
    await db().user.updateMany({ where: { email: { not: env().ADMIN_EMAIL } }, data: { role: 'editor' } })
    const email = env().ADMIN_EMAIL
    const last = await deleteAccount(email, shell).catch(code)
    const { principal } = await own(await signInAs(email, env().ADMIN_PASSWORD))
    await newAccount('admin')
    expect([last, await deleteAccount(email, principal).catch(code)]).toEqual(['last_administrator', 'own_account'])
    const editor = (await own(await signInAs(await newAccount('editor'), password))).principal
    await expect(deleteAccount(email, editor)).rejects.toBeInstanceOf(MissingPermissionError)
    expect(await actionsOf(email)).toEqual([])
  })
})

describe('sessions', () => {
  test('of another are ended by an administrator, in the log with their number', async () => {
    const email = await newAccount()
    const cookies = [await signInAs(email, password), await signInAs(email, password)]
    expect(await endSessions(email, shell)).toMatchObject({ sessions: 0 })
    for (const cookie of cookies) await expect(mayRead(cookie)).rejects.toBeInstanceOf(SignedOutError)
    await endSessions(email, shell)
    expect(await logged(email)).toMatchObject([{ action: 'accounts.sessions', via: 'shell', detail: { sessions: 2 } }])
  })

  test('of one’s own are listed, and all others ended', async () => {
    const email = await newAccount()
    const here = await signInAs(email, password)
    const there = await signInAs(email, password)
    expect((await ownSessions(await own(here))).map(({ current }) => current)).toEqual([true, false])
    expect(await endOtherSessions(await own(here))).toBe(1)
    await expect(mayRead(there)).rejects.toBeInstanceOf(SignedOutError)
    expect(await ownSessions(await own(here))).toMatchObject([{ current: true, address }])
    expect(await actionsOf(email)).toEqual(['accounts.sessions'])
  })
})

describe('a password', () => {
  test('that is changed ends the other sessions, and the old one opens nothing', async () => {
    const email = await newAccount()
    const here = await signInAs(email, password)
    const there = await signInAs(email, password)
    await changeOwnPassword(await own(here), { current: password, next }, address)
    expect(await mayRead(here)).toMatchObject({ email })
    await expect(mayRead(there)).rejects.toBeInstanceOf(SignedOutError)
    expect((await postAuth('/sign-in/email', { email, password })).status).toBe(401)
    expect(await signInAs(email, next)).not.toBe('')
    expect(await actionsOf(email)).toEqual(['accounts.password'])
    expect(JSON.stringify((await logged(email)).map(({ detail }) => detail))).not.toContain(next)
  })

  test.each([
    ['short', 'eleven char'],
    ['long', 'x y'.repeat(50)],
    ['among the common ones', '1Q2w3e4r5t6y'],
    ['a few characters again and again', 'abcabcabcabcabc'],
    ['the current one', password],
  ])('that is %s is not taken', async (_why, bad) => {
    const email = await newAccount()
    const here = await own(await signInAs(email, password))
    expect(await changeOwnPassword(here, { current: password, next: bad }, address).catch(code)).toBe(
      'password_refused',
    )
    expect(await changeOwnPassword(here, { current: password, next: `x ${email} y` }, address).catch(code)).toBe(
      'password_refused',
    )
    expect(await signInAs(email, password)).not.toBe('')
  })

  test('cannot be guessed in an open session', async () => {
    const email = await newAccount()
    const here = await own(await signInAs(email, password))
    const tried: unknown[] = []
    for (let i = 0; i <= MOST_FOR_PAIR; i++)
      tried.push(await changeOwnPassword(here, { current: `wrong ${i}`, next }, address).catch(code))
    expect(tried).toEqual([...Array.from({ length: MOST_FOR_PAIR }, () => 'wrong_password'), 'too_many_attempts'])
    expect(await changeOwnPassword(here, { current: password, next }, address).catch(code)).toBe('too_many_attempts')
    expect(await db().auditEntry.count({ where: { actor: email, action: 'access.refuse' } })).toBe(2)
  })

  test('that its owner has chosen stays at the next start; one that set-up gave follows ADMIN_PASSWORD', async () => {
    const email = env().ADMIN_EMAIL
    const given = env().ADMIN_PASSWORD
    await changeOwnPassword(await own(await signInAs(email, given)), { current: given, next }, address)
    expect(await ensureFirstAdmin()).toEqual({ email, outcome: 'unchanged' })
    expect(await signInAs(email, next)).not.toBe('')
    expect((await postAuth('/sign-in/email', { email, password: given })).status).toBe(401)
  })
})
