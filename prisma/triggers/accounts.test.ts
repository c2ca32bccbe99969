import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { InvalidTokenError } from '#lib/access/errors.ts'
import { permissionsOf } from '#lib/access/permissions.ts'
import { upsertAccount } from '#lib/auth/accounts.ts'
import { createApiToken, listApiTokens } from '#lib/auth/apiTokens.ts'
import { requirePermission } from '#lib/auth/requirePermission.ts'
import { db } from '#lib/platform/db.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { freshDatabase, type TestDatabase } from '#lib/platform/testing/database.ts'

let database: TestDatabase
const password = 'a long enough password'
const admin = async (name: string) => {
  const email = `${name}@evergreen.example`
  await upsertAccount({ email, password, name, role: 'admin' })
  const { id } = await db().user.findUniqueOrThrow({ where: { email } })
  return id
}
let ana: string
let ben: string
beforeAll(async () => {
  database = await freshDatabase()
  stubEnvironment({ databaseUrl: database.url, redisUrl: 'redis://127.0.0.1:1' })
  ana = await admin('ana')
  ben = await admin('ben')
})
afterAll(async () => {
  await db().$disconnect()
  vi.unstubAllEnvs()
  await database.drop()
})

test('refuses to take the last administrator away, also when two demote each other at once', async () => {
  const demote = (id: string) => db().user.update({ where: { id }, data: { role: 'viewer' } })
  const both = await Promise.allSettled([demote(ana), demote(ben)])
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  const { id } = await db().user.findFirstOrThrow({ where: { role: 'admin' } })
  for (const taken of [
    db().user.update({ where: { id }, data: { disabledAt: new Date() } }),
    db().user.delete({ where: { id } }),
    db().user.deleteMany(),
  ])
    await expect(taken).rejects.toThrow('the last administrator stays')
  expect(await db().user.count()).toBe(2)
})

test('keeps the name of a token whose account is deleted, and lets it open nothing', async () => {
  const id = await admin('leaver')
  const principal = {
    kind: 'session',
    userId: id,
    name: 'leaver',
    email: 'leaver@evergreen.example',
    actor: 'leaver@evergreen.example',
    role: 'admin',
    permissions: permissionsOf('admin'),
  } as const
  const { token } = await createApiToken({ name: 'Of a leaver', role: 'admin' }, principal)
  const ask = () => requirePermission(new Headers({ authorization: `Bearer ${token}` }), 'prices:read')
  expect(await ask()).toMatchObject({ actor: 'token Of a leaver' })
  await db().user.update({ where: { id }, data: { disabledAt: new Date() } })
  await expect(ask()).rejects.toBeInstanceOf(InvalidTokenError)
  await db().user.delete({ where: { id } })
  await expect(ask()).rejects.toBeInstanceOf(InvalidTokenError)
  expect(await listApiTokens(principal)).toMatchObject([{ name: 'Of a leaver', createdBy: null, usable: false }])
})
