import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { freshDatabase, type TestDatabase } from '#lib/platform/testing/database.ts'
import { upsertAccount } from './accounts.ts'
import { auth } from './auth.ts'
import { ForeignOriginError, MissingPermissionError, SignedOutError } from '#lib/access/errors.ts'
import { ensureFirstAdmin } from './firstAdmin.ts'
import { requirePermission } from './requirePermission.ts'
import { hashToken } from './sessionStore.ts'
import { MOST_FOR_PAIR } from './signInThrottle.ts'

let database: TestDatabase
const password = 'a long enough password'
beforeAll(async () => {
  database = await freshDatabase()
  stubEnvironment({ databaseUrl: database.url, redisUrl: 'redis://127.0.0.1:1' })
  await ensureFirstAdmin()
  for (const role of ['viewer', 'editor'] as const)
    await upsertAccount({ email: `${role}@evergreen.example`, password, name: role, role })
})
afterAll(async () => {
  await db().$disconnect()
  vi.unstubAllEnvs() // the database is dropped from the server that the environment names
  await database.drop()
})

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return auth().handler(
    new Request(`${env().PUBLIC_URL}/api/auth${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        origin: env().PUBLIC_URL,
        'x-forwarded-for': '192.0.2.1',
        ...headers,
      },
      body: JSON.stringify(body),
    }),
  )
}

function signIn(email: string, given = password, headers: Record<string, string> = {}): Promise<Response> {
  return post('/sign-in/email', { email, password: given }, headers)
}

async function sessionCookie(email: string, given = password): Promise<string> {
  const response = await signIn(email, given)
  expect(response.status).toBe(200)
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '')
  return cookies.find((cookie) => cookie.includes('session_token=')) ?? ''
}

/** The cookies of the next sign-in. */
async function deviceCookie(email: string): Promise<string> {
  const cookies = (await signIn(email)).headers.getSetCookie()
  const cookie = cookies.find((each) => each.includes('.device=')) ?? ''
  expect(cookie).toMatch(/^__Secure-evergreen\.device=/)
  for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/admin']) expect(cookie).toContain(attribute)
  return cookie.split(';')[0] ?? ''
}

function request(cookie: string, headers: Record<string, string> = {}, method = 'POST'): Request {
  return new Request(`${env().PUBLIC_URL}/api/admin/prices`, { method, headers: { cookie, ...headers } })
}

describe('signing in', () => {
  test('gives a session in Postgres and a cookie that scripts cannot read and other sites cannot send', async () => {
    const response = await signIn('editor@evergreen.example')
    const [cookie] = response.headers.getSetCookie()
    expect(cookie).toMatch(/^__Host-evergreen\.session_token=/)
    for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/']) expect(cookie).toContain(attribute)
    expect(await db().session.count({ where: { user: { email: 'editor@evergreen.example' } } })).toBeGreaterThan(0)
  })

  test('with a wrong password, or an unknown e-mail, is refused with one and the same answer', async () => {
    const wrong = await signIn('editor@evergreen.example', 'not this password')
    const unknown = await signIn('unknown@evergreen.example')
    expect([wrong.status, unknown.status]).toEqual([401, 401])
    expect(await wrong.json()).toEqual(await unknown.json())
  })

  test('stops being possible after too many attempts from one address, also with the right password', async () => {
    const email = `guessed-${randomUUID()}@evergreen.example`
    await upsertAccount({ email, password, name: 'Guessed', role: 'viewer' })
    const attempts = await Promise.all(Array.from({ length: MOST_FOR_PAIR }, () => signIn(email, 'a wrong password')))
    expect(new Set(attempts.map(({ status }) => status))).toEqual(new Set([401]))
    const refused = await signIn(email)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await signIn(email, password, { 'x-forwarded-for': '198.51.100.7' })).status).toBe(200)
  })

  test('stays possible on a device that has signed in before, when strangers guess from its address', async () => {
    const [email, other] = [0, 1].map(() => `guessed-${randomUUID()}@evergreen.example`)
    for (const each of [email, other])
      await upsertAccount({ email: each ?? '', password, name: 'Guessed', role: 'viewer' })
    const [mine, theirs] = [await deviceCookie(email ?? ''), await deviceCookie(other ?? '')]
    for (let i = 0; i <= MOST_FOR_PAIR; i++) await signIn(email ?? '', 'a wrong password')
    for (const cookie of ['', theirs, `${mine.slice(0, -8)}AAAAAAAA`])
      expect((await signIn(email ?? '', password, { cookie })).status).toBe(429)
    expect((await signIn(email ?? '', password, { cookie: mine })).status).toBe(200)
  })

  test('from a page of another site is refused', async () => {
    expect((await signIn('editor@evergreen.example', password, { origin: 'https://evil.example' })).status).toBe(403)
  })

  test('is the only way in: a sign-up with a role of its choice is refused', async () => {
    const users = await db().user.count()
    const response = await post('/sign-up/email', {
      email: 'mallory@evergreen.example',
      password,
      name: 'Mallory',
      role: 'admin',
    })
    expect(response.status).toBe(400)
    expect(await db().user.count()).toBe(users)
  })
})

describe('a permission', () => {
  test('is given to editors and admins, and names the actor', async () => {
    const cookie = await sessionCookie('editor@evergreen.example')
    expect(await requirePermission(request(cookie), 'prices:write')).toMatchObject({
      email: 'editor@evergreen.example',
      role: 'editor',
    })
    const admin = await sessionCookie(env().ADMIN_EMAIL, env().ADMIN_PASSWORD)
    expect(await requirePermission(new Headers({ cookie: admin }), 'prices:write')).toMatchObject({ role: 'admin' })
  })

  test('to change is not given to a viewer, which may read', async () => {
    const cookie = await sessionCookie('viewer@evergreen.example')
    await expect(requirePermission(request(cookie), 'prices:write')).rejects.toBeInstanceOf(MissingPermissionError)
    expect(await requirePermission(request(cookie, {}, 'GET'), 'prices:read')).toMatchObject({ role: 'viewer' })
  })

  test('needs a session: none, a forged one, one that has ended and one that was signed out are all none', async () => {
    const cookie = await sessionCookie('editor@evergreen.example')
    const ended = await sessionCookie('editor@evergreen.example')
    await db().session.updateMany({
      where: { token: hashToken(decodeURIComponent(ended).split('=')[1]?.split('.')[0] ?? '') },
      data: { expiresAt: new Date(Date.now() - 1_000) },
    })
    const signedOut = await sessionCookie('editor@evergreen.example')
    expect((await post('/sign-out', {}, { cookie: signedOut })).status).toBe(200)
    for (const bad of [
      '',
      '__Secure-evergreen.session_token=forged.forged',
      `${cookie.slice(0, -4)}AAAA`,
      ended,
      signedOut,
    ]) {
      await expect(requirePermission(request(bad), 'prices:write')).rejects.toBeInstanceOf(SignedOutError)
    }
    expect(await requirePermission(request(cookie), 'prices:write')).toMatchObject({ role: 'editor' })
  })

  test('is not given to a page of another site that sends the cookie along', async () => {
    const cookie = await sessionCookie('editor@evergreen.example')
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ]
    for (const headers of foreign) {
      await expect(requirePermission(request(cookie, headers), 'prices:write')).rejects.toBeInstanceOf(
        ForeignOriginError,
      )
    }
    expect(await requirePermission(request(cookie, { origin: env().PUBLIC_URL }), 'prices:write')).toMatchObject({
      role: 'editor',
    })
  })
})

describe('the first administrator', () => {
  test('is made once; a second run changes nothing', async () => {
    expect(await ensureFirstAdmin()).toEqual({ email: env().ADMIN_EMAIL, outcome: 'unchanged' })
  })

  test('gets a changed password, which ends the sessions that the old one opened', async () => {
    const account = { email: 'Second.Admin@evergreen.example', name: 'Second', role: 'admin' } as const
    expect(await upsertAccount({ ...account, password })).toBe('created')
    const cookie = await sessionCookie('second.admin@evergreen.example')
    expect(await upsertAccount({ ...account, password: 'another long password' })).toBe('updated')
    await expect(requirePermission(request(cookie), 'prices:read')).rejects.toBeInstanceOf(SignedOutError)
    expect((await signIn(account.email)).status).toBe(401)
    expect((await signIn(account.email, 'another long password')).status).toBe(200)
  })
})
