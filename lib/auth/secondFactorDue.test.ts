/** A role that asks for a second factor: SECOND_FACTOR_FOR. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { SecondFactorDueError } from '#lib/access/errors.ts'
import { shellPrincipal } from '#lib/access/principal.ts'
import { db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { freshDatabase, type TestDatabase } from '#lib/platform/testing/database.ts'
import { upsertAccount } from './accounts.ts'
import { createApiToken } from './apiTokens.ts'
import { changeRole, resetTwoFactor } from './manageAccounts.ts'
import { requirePermission, requireSignedIn } from './requirePermission.ts'
import { revalidateAccess } from './revalidateAccess.ts'
import { cookieOf, signInAs } from './testing/signIn.ts'
import { totpOf } from './testing/totp.ts'
import { beginTwoFactor, confirmTwoFactor } from './twoFactor.ts'

const password = 'a long enough password'
const shell = shellPrincipal('tester')
let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
  stubEnvironment({ databaseUrl: database.url, redisUrl: 'redis://127.0.0.1:1' })
  vi.stubEnv('SECOND_FACTOR_FOR', 'admin, editor')
})
afterAll(async () => {
  await db().$disconnect()
  vi.unstubAllEnvs()
  await database.drop()
})

async function newAccount(role: 'viewer' | 'editor' | 'admin'): Promise<string> {
  const email = `${randomUUID().slice(0, 8)}@evergreen.example`
  await upsertAccount({ email, password, name: 'Tess', role })
  return email
}
const head = (cookie: string) => new Headers({ cookie, origin: env().PUBLIC_URL })
const mayRead = (cookie: string) => requirePermission(head(cookie), 'prices:read')

/** The answer of each entrance: an action of the own account, a route or an action with a permission, an open stream. */
function asked(cookie: string): Promise<unknown[]> {
  const why = (error: unknown) => (error instanceof Error ? error.constructor : error)
  return Promise.all([
    requireSignedIn(head(cookie)).catch(why),
    mayRead(cookie).catch(why),
    requirePermission(head(cookie), 'prices:read', 'stream').catch(why),
  ])
}

test('until an account of such a role has one, its sessions open nothing but its set-up, and then everything', async () => {
  const email = await newAccount('admin')
  const cookie = await signInAs(email, password)
  const due = [SecondFactorDueError, SecondFactorDueError, SecondFactorDueError]
  expect(await asked(cookie)).toEqual(due)
  const session = await requireSignedIn(head(cookie), 'enrolment')
  expect(session.owesSecondFactor).toBe(true)
  const request = { session, headers: head(cookie), address: '192.0.2.1' }
  const { uri } = await beginTwoFactor(request, password)
  expect(await asked(cookie)).toEqual(due)
  const on = cookieOf(new Response(null, { headers: await confirmTwoFactor(request, totpOf(uri)) }))
  expect(await mayRead(on)).toMatchObject({ email })
  expect(await requireSignedIn(head(on))).toMatchObject({ owesSecondFactor: false })
  await resetTwoFactor(email, shell)
  expect(await asked(await signInAs(email, password))).toEqual(due)
  const refused = await db().auditEntry.findMany({ where: { actor: email, action: 'access.refuse' } })
  expect(refused[0]).toMatchObject({ via: 'session', detail: { code: 'second_factor_due' } })
})

test('other roles and API tokens are not asked', async () => {
  const admin = await newAccount('admin')
  const { principal } = await requireSignedIn(head(await signInAs(admin, password)), 'enrolment')
  const { token } = await createApiToken({ name: `of ${admin}`, role: 'editor' }, principal)
  expect(await requirePermission(new Headers({ authorization: `Bearer ${token}` }), 'prices:write')).toMatchObject({
    kind: 'token',
  })
  const viewer = await newAccount('viewer')
  expect(await mayRead(await signInAs(viewer, password))).toMatchObject({ email: viewer })
})

test('a stream that is open ends when its account comes into such a role', async () => {
  const email = await newAccount('viewer')
  const cookie = await signInAs(email, password)
  const ended = vi.fn<() => void>()
  const request = new Request(`${env().PUBLIC_URL}/api/admin/changes`, { headers: head(cookie) })
  const stop = revalidateAccess(request, 'prices:read', ended, 20)
  await changeRole(email, 'editor', shell)
  await vi.waitUntil(() => ended.mock.calls.length > 0, { timeout: 5_000 })
  expect(ended).toHaveBeenCalledTimes(1)
  stop()
})
