import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { SignedOutError } from '#lib/access/errors.ts'
import { refusals } from '#lib/audit/refusals.ts'
import { db } from '#lib/platform/db.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { freshDatabase, type TestDatabase } from '#lib/platform/testing/database.ts'
import { upsertAccount } from './accounts.ts'
import { requirePermission } from './requirePermission.ts'
import { IDLE_SECONDS, SESSION_SECONDS } from './sessionStore.ts'
import { MOST_FOR_PAIR } from './signInThrottle.ts'
import { cookieOf, postAuth, signInAs } from './testing/signIn.ts'

const email = 'ana@evergreen.example'
const password = 'a long enough password'
let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
  stubEnvironment({ databaseUrl: database.url, redisUrl: 'redis://127.0.0.1:1' })
  await upsertAccount({ email, password, name: 'Ana', role: 'editor' })
})
afterAll(async () => {
  await db().$disconnect()
  vi.unstubAllEnvs()
  await database.drop()
})

const signIn = (more = {}) => postAuth('/sign-in/email', { email, password, ...more })
const mayRead = (cookie: string) => requirePermission(new Headers({ cookie }), 'prices:read')
const newestSession = () => db().session.findFirstOrThrow({ orderBy: { createdAt: 'desc' } })
const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1_000)

test('the table holds no token: a copy of it opens nothing', async () => {
  const cookie = await signInAs(email, password)
  const token = decodeURIComponent(cookie).split('=')[1]?.split('.')[0] ?? ''
  expect(token).toHaveLength(32)
  expect(JSON.stringify(await db().session.findMany())).not.toContain(token)
  const { token: stored } = await newestSession()
  const forged = cookie.replace(token, encodeURIComponent(stored))
  await expect(mayRead(forged)).rejects.toBeInstanceOf(SignedOutError)
  expect(await mayRead(cookie)).toMatchObject({ email })
})

describe.each([
  ['remembered', {}],
  ['not remembered', { rememberMe: false }],
])('a session that is %s', (_kind, more) => {
  test('ends twelve hours after the sign-in, however much it is used', async () => {
    const cookie = cookieOf(await signIn(more))
    const { id, createdAt, expiresAt } = await newestSession()
    expect((expiresAt.getTime() - createdAt.getTime()) / 1_000).toBeCloseTo(SESSION_SECONDS, -1)
    await db().session.update({ where: { id }, data: { createdAt: secondsAgo(SESSION_SECONDS - 60) } })
    expect(await mayRead(cookie)).toMatchObject({ email })
    await db().session.update({ where: { id }, data: { createdAt: secondsAgo(SESSION_SECONDS + 1) } })
    await expect(mayRead(cookie)).rejects.toBeInstanceOf(SignedOutError)
  })

  test('ends two hours after its last request, and a request prolongs that', async () => {
    const cookie = cookieOf(await signIn(more))
    const { id } = await newestSession()
    await db().session.update({ where: { id }, data: { lastUsedAt: secondsAgo(IDLE_SECONDS - 60) } })
    expect(await mayRead(cookie)).toMatchObject({ email })
    expect((await newestSession()).lastUsedAt.getTime()).toBeGreaterThan(Date.now() - 60_000)
    await db().session.update({ where: { id }, data: { lastUsedAt: secondsAgo(IDLE_SECONDS + 1) } })
    await expect(mayRead(cookie)).rejects.toBeInstanceOf(SignedOutError)
  })
})

test('an open tab alone does not keep a session alive', async () => {
  const cookie = await signInAs(email, password)
  const { id } = await newestSession()
  const lastUsedAt = secondsAgo(IDLE_SECONDS - 60)
  await db().session.update({ where: { id }, data: { lastUsedAt } })
  await requirePermission(new Headers({ cookie }), 'prices:read', 'stream')
  expect((await newestSession()).lastUsedAt).toEqual(lastUsedAt)
})

test('signing out ends the session in the table', async () => {
  const cookie = await signInAs(email, password)
  const { id } = await newestSession()
  expect((await postAuth('/sign-out', {}, { cookie })).status).toBe(200)
  expect(await db().session.count({ where: { id } })).toBe(0)
})

test('attempts beyond the limit are in the audit log, one entry a minute, with an address and no header', async () => {
  const address = '198.51.100.77'
  const wrong = (forwarded = address) =>
    postAuth('/sign-in/email', { email, password: 'wrong' }, { 'x-forwarded-for': forwarded })
  for (let i = 0; i < MOST_FOR_PAIR + 30; i++) await wrong()
  await wrong('x'.repeat(9_000))
  await refusals().flush()
  const entries = await db().auditEntry.findMany({ where: { action: 'session.refuse' }, orderBy: { id: 'asc' } })
  expect(entries.map(({ actor, detail }) => [actor, detail])).toEqual([
    [email, { code: 'wrong_password', address, count: 1 }],
    [email, { code: 'too_many_attempts', address, count: 1 }],
    [email, { code: 'wrong_password', address: 'unknown', count: 1 }],
    [email, { code: 'wrong_password', address, count: MOST_FOR_PAIR - 1 }],
    [email, { code: 'too_many_attempts', address, count: 29 }],
  ])
})

test('refusals are in the audit log: no session, a bad token, a missing permission', async () => {
  const cookie = await signInAs(email, password)
  const asked: Record<string, string>[] = [{}, { authorization: 'Bearer nonsense' }, { cookie }]
  for (const headers of asked)
    await requirePermission(new Headers({ 'x-forwarded-for': '192.0.2.3', ...headers }), 'tokens:manage').catch(
      () => {},
    )
  const entries = await db().auditEntry.findMany({
    where: { action: 'access.refuse', target: 'permission:tokens:manage' },
    orderBy: { id: 'asc' },
  })
  const detail = (code: string) => ({ code, address: '192.0.2.3', count: 1 })
  expect(entries.map((entry) => [entry.actor, entry.via, entry.detail])).toEqual([
    ['anonymous', 'session', detail('signed_out')],
    ['anonymous', 'token', detail('invalid_token')],
    [email, 'session', detail('missing_permission')],
  ])
})
