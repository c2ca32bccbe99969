import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { SignedOutError } from '#lib/access/errors.ts'
import { shellPrincipal } from '#lib/access/principal.ts'
import { db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { freshDatabase, type TestDatabase } from '#lib/platform/testing/database.ts'
import { upsertAccount } from './accounts.ts'
import { AccountError } from './errors.ts'
import { resetTwoFactor } from './manageAccounts.ts'
import { requirePermission, requireSignedIn } from './requirePermission.ts'
import { cookieOf, cookiesOf, postAuth, signInAs } from './testing/signIn.ts'
import { totpOf } from './testing/totp.ts'
import { beginTwoFactor, confirmTwoFactor, endTwoFactor, hasTwoFactor, newRecoveryCodes } from './twoFactor.ts'

const password = 'a long enough password'
const address = '192.0.2.1'
let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
  stubEnvironment({ databaseUrl: database.url, redisUrl: 'redis://127.0.0.1:1' })
})
afterAll(async () => {
  await db().$disconnect()
  vi.unstubAllEnvs()
  await database.drop()
})

const mayRead = (cookie: string) => requirePermission(new Headers({ cookie }), 'prices:read')
const code = (error: unknown) => (error instanceof AccountError ? error.code : error)
const HALF_MINUTE = 30_000

async function ask(cookie: string) {
  const headers = new Headers({ cookie, origin: env().PUBLIC_URL })
  return { session: await requireSignedIn(headers), headers, address }
}

async function newAccount(role: 'viewer' | 'admin' = 'viewer') {
  const email = `${randomUUID().slice(0, 8)}@evergreen.example`
  await upsertAccount({ email, password, name: 'Tess', role })
  return { email }
}

/** An account with an authenticator, whose first code has been typed. */
async function withAuthenticator() {
  const { email } = await newAccount()
  const before = await signInAs(email, password)
  const other = await signInAs(email, password)
  const { uri, recoveryCodes } = await beginTwoFactor(await ask(before), password)
  const cookie = cookieOf(new Response(null, { headers: await confirmTwoFactor(await ask(before), totpOf(uri)) }))
  return { email, uri, recoveryCodes, before, other, cookie }
}

/** The first step. @returns the cookies of the challenge */
async function challenge(email: string): Promise<string> {
  const answer = await postAuth('/sign-in/email', { email, password })
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({ twoFactorRedirect: true })
  expect(cookieOf(answer)).toBe('')
  return cookiesOf(answer)
}
const typed = (cookie: string, given: string) => postAuth('/two-factor/verify-totp', { code: given }, { cookie })
const recovered = (cookie: string, given: string) =>
  postAuth('/two-factor/verify-backup-code', { code: given }, { cookie })

test('a password alone opens nothing once an authenticator is set up; each code of it opens once', async () => {
  const { email, uri, cookie, before, other } = await withAuthenticator()
  expect(await mayRead(cookie)).toMatchObject({ email })
  for (const old of [before, other]) await expect(mayRead(old)).rejects.toBeInstanceOf(SignedOutError)

  const open = await db().session.count({ where: { user: { email } } })
  const first = await challenge(email)
  await expect(mayRead(first)).rejects.toBeInstanceOf(SignedOutError)
  expect(await db().session.count({ where: { user: { email } } })).toBe(open)
  const now = totpOf(uri, Date.now() + HALF_MINUTE)
  expect((await typed(first, '000000')).status).toBe(401)
  const entered = await typed(first, now)
  expect(entered.status).toBe(200)
  expect(await mayRead(cookieOf(entered))).toMatchObject({ email })

  const again = await typed(await challenge(email), now)
  expect(again.status).toBe(401)
  expect(await db().session.count({ where: { user: { email } } })).toBe(open + 1)
  const entries = await db().auditEntry.findMany({ where: { actor: email }, orderBy: { id: 'asc' } })
  expect(entries.map(({ action, detail }) => ({ action, detail }))).toMatchObject([
    { action: 'session.start' },
    { action: 'session.start' },
    { action: 'accounts.two-factor-on', detail: { sessions: 1 } },
    { action: 'session.refuse', detail: { code: 'wrong_code' } },
    { action: 'session.start', detail: { second: 'authenticator' } },
    { action: 'session.refuse', detail: { code: 'used_code' } },
  ])
})

test('a recovery code opens once, and codes that are made anew end those of before', async () => {
  const { email, recoveryCodes, cookie } = await withAuthenticator()
  const [one = '', two = ''] = recoveryCodes
  expect(recoveryCodes).toHaveLength(10)
  expect(cookieOf(await recovered(await challenge(email), one))).not.toBe('')
  expect((await recovered(await challenge(email), one)).status).toBe(401)
  const [fresh = ''] = await newRecoveryCodes(await ask(cookie), password)
  expect((await recovered(await challenge(email), two)).status).toBe(401)
  expect(cookieOf(await recovered(await challenge(email), fresh))).not.toBe('')
})

test('writes nothing of a change when its entry in the log cannot be written', async () => {
  const { email, cookie } = await withAuthenticator()
  const request = await ask(cookie)
  const kept = async () => {
    const user = await db().user.findUniqueOrThrow({ where: { email }, include: { sessions: true, twoFactor: true } })
    return { ...user, sessions: user.sessions.map(({ id }) => id) }
  }
  const before = await kept()
  const { email: other } = await newAccount()
  const begun = await ask(await signInAs(other, password))
  const { uri } = await beginTwoFactor(begun, password)
  await db().$executeRaw`ALTER TABLE audit_log ADD CONSTRAINT no_room CHECK (action NOT LIKE 'accounts.%') NOT VALID`
  try {
    await expect(endTwoFactor(request, password)).rejects.toThrow('no_room')
    await expect(newRecoveryCodes(request, password)).rejects.toThrow('no_room')
    await expect(confirmTwoFactor(begun, totpOf(uri))).rejects.toThrow('no_room')
  } finally {
    await db().$executeRaw`ALTER TABLE audit_log DROP CONSTRAINT no_room`
  }
  expect(await kept()).toEqual(before)
  expect(await hasTwoFactor(begun.session)).toBe(false)
  expect(await confirmTwoFactor(begun, totpOf(uri))).toBeInstanceOf(Headers)
})

test('neither the secret nor a code stands in the tables or in the log', async () => {
  const { uri, recoveryCodes } = await withAuthenticator()
  const rows = await db().twoFactor.findMany()
  const log = (await db().auditEntry.findMany()).map(({ detail, target }) => ({ detail, target }))
  const kept = JSON.stringify([rows, log])
  for (const secret of [new URL(uri).searchParams.get('secret') ?? '', ...recoveryCodes])
    expect(kept).not.toContain(secret)
})

test('guessing codes is refused after five of a challenge, and after ten of the account for a quarter of an hour', async () => {
  const { email, uri } = await withAuthenticator()
  const first = await challenge(email)
  for (let i = 0; i < 5; i++) expect((await typed(first, `00000${i}`)).status).toBe(401)
  expect((await typed(first, totpOf(uri, Date.now() + HALF_MINUTE))).status).toBe(400)
  const second = await challenge(email)
  for (let i = 5; i < 10; i++) await typed(second, `00000${i}`)
  expect((await typed(await challenge(email), totpOf(uri, Date.now() + HALF_MINUTE))).status).toBe(429)
})

test('is set up and removed with the password; an administrator removes it when it is lost', async () => {
  const { email, uri, cookie } = await withAuthenticator()
  const request = await ask(cookie)
  expect(await beginTwoFactor(request, 'a wrong password').catch(code)).toBe('wrong_password')
  expect(await endTwoFactor(request, 'a wrong password').catch(code)).toBe('wrong_password')
  expect(await hasTwoFactor(request.session)).toBe(true)
  const without = cookieOf(new Response(null, { headers: await endTwoFactor(request, password) }))
  expect(await mayRead(without)).toMatchObject({ email })
  expect(await signInAs(email, password)).not.toBe('')

  const { uri: next } = await beginTwoFactor(await ask(without), password)
  expect(next).not.toBe(uri)
  expect(await confirmTwoFactor(await ask(without), totpOf(uri)).catch(code)).toBe('wrong_code')
  expect(await signInAs(email, password)).not.toBe('') // nothing asks for a code before the first right one
  const headers = await confirmTwoFactor(await ask(without), totpOf(next))
  const on = cookieOf(new Response(null, { headers }))
  await resetTwoFactor(email, shellPrincipal('tester'))
  await expect(mayRead(on)).rejects.toBeInstanceOf(SignedOutError)
  expect(await signInAs(email, password)).not.toBe('')
  const entries = await db().auditEntry.findMany({ where: { target: `account:${email}` }, orderBy: { id: 'asc' } })
  expect(entries.map(({ action, via }) => `${action} ${via}`)).toEqual([
    'accounts.two-factor-on session',
    'accounts.two-factor-off session',
    'accounts.two-factor-on session',
    'accounts.two-factor-off shell',
  ])
})
