import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { freshDatabase, type TestDatabase } from '#lib/platform/testing/database.ts'
import { upsertAccount } from './accounts.ts'
import { createApiToken, listApiTokens, type NewApiToken, revokeApiToken } from './apiTokens.ts'
import { InvalidTokenError, MissingPermissionError, TokenNameTakenError } from '#lib/access/errors.ts'
import { permissionsOf, type Role } from '#lib/access/permissions.ts'
import type { Principal } from '#lib/access/principal.ts'
import { requirePermission } from './requirePermission.ts'
import { revalidateAccess } from './revalidateAccess.ts'

let database: TestDatabase
const principals = new Map<Role, Principal>()

async function principalOf(role: Role): Promise<Principal> {
  const email = `${role}@evergreen.example`
  await upsertAccount({ email, password: 'a long enough password', name: role, role })
  const { id } = await db().user.findUniqueOrThrow({ where: { email } })
  return { kind: 'session', userId: id, name: role, email, actor: email, role, permissions: permissionsOf(role) }
}

beforeAll(async () => {
  database = await freshDatabase()
  stubEnvironment({ databaseUrl: database.url, redisUrl: 'redis://127.0.0.1:1' })
  for (const role of ['viewer', 'editor', 'admin'] as const) principals.set(role, await principalOf(role))
})
afterAll(async () => {
  await db().$disconnect()
  vi.unstubAllEnvs()
  await database.drop()
})

function as(role: Role): Principal {
  const principal = principals.get(role)
  if (!principal) throw new Error(`no principal is ${role}`)
  return principal
}

function request(authorization: string, headers: Record<string, string> = {}): Request {
  return new Request('https://shop.example/api/admin/prices', {
    method: 'POST',
    headers: { authorization, ...headers },
  })
}

const make = (input: NewApiToken) => createApiToken(input, as('admin'))

describe('a token', () => {
  test('lets a program act in its role, under its name, and says when it was used', async () => {
    const { token, view } = await make({ name: 'Nightly import', role: 'editor' })
    const principal = await requirePermission(request(`Bearer ${token}`), 'prices:write')
    expect(principal).toMatchObject({
      kind: 'token',
      actor: 'token Nightly import',
      role: 'editor',
      email: 'admin@evergreen.example',
    })
    await expect(requirePermission(request(`Bearer ${token}`), 'bulk:large')).rejects.toBeInstanceOf(
      MissingPermissionError,
    )
    const listed = (await listApiTokens(as('admin'))).find(({ id }) => id === view.id)
    expect(listed).toMatchObject({ usable: true, lastUsedAt: expect.any(String), lastFour: token.slice(-4) })
  })

  test('is looked up together with those that wait for a look-up', async () => {
    const tokens = await Promise.all(
      ['North', 'South'].map(async (name) => (await make({ name, role: 'editor' })).token),
    )
    const use = (token = '') => requirePermission(request(`Bearer ${token}`), 'prices:write')
    await Promise.all(tokens.map(use)) // says when it was used
    const sent = vi.spyOn(pg.Client.prototype, 'query')
    const found = await Promise.all([0, 1, 0, 1, 1, 0].map((i) => use(tokens[i])))
    expect(found.map(({ name }) => name)).toEqual(['North', 'South', 'North', 'South', 'South', 'North'])
    expect(sent.mock.calls.length).toBe(1)
    await expect(use('evg_' + 'a'.repeat(43))).rejects.toBeInstanceOf(InvalidTokenError)
  })

  test('is kept as a hash: neither the table nor the list gives it away', async () => {
    const { token } = await make({ name: 'Secret', role: 'viewer' })
    const kept = JSON.stringify([await db().apiToken.findMany(), await listApiTokens(as('admin'))])
    expect(kept).not.toContain(token.slice(4, 30))
  })

  test('of no kind that we know is refused: forged, cut, revoked, expired, empty', async () => {
    const revoked = await make({ name: 'Revoked', role: 'admin' })
    expect(await revokeApiToken(revoked.view.id, as('admin'))).toMatchObject({ usable: false })
    const expired = await make({ name: 'Expired', role: 'admin', expiresInDays: 1 })
    await db().apiToken.update({ where: { id: expired.view.id }, data: { expiresAt: new Date(Date.now() - 1) } })
    const good = await make({ name: 'Good', role: 'admin' })
    const bad = [
      `evg_${'A'.repeat(43)}`,
      good.token.slice(0, -1),
      `${good.token}A`,
      revoked.token,
      expired.token,
      '',
      'x',
    ]
    for (const token of bad)
      await expect(requirePermission(request(`Bearer ${token}`), 'prices:read')).rejects.toBeInstanceOf(
        InvalidTokenError,
      )
    expect(await requirePermission(request(`bearer ${good.token}`), 'prices:read')).toMatchObject({ role: 'admin' })
  })

  test('needs no origin: no page of another site can make a browser send it', async () => {
    const { token } = await make({ name: 'From anywhere', role: 'editor' })
    expect(
      await requirePermission(request(`Bearer ${token}`, { origin: 'https://partner.example' }), 'prices:write'),
    ).toMatchObject({ role: 'editor' })
  })

  test('never may more than the account that made it may now, and ends with it', async () => {
    const second = await principalOf('admin')
    const email = 'leaver@evergreen.example'
    await upsertAccount({ email, password: 'a long enough password', name: 'Leaver', role: 'admin' })
    const { id } = await db().user.findUniqueOrThrow({ where: { email } })
    const { token } = await createApiToken({ name: 'Of a leaver', role: 'admin' }, { ...second, userId: id })
    await db().user.update({ where: { id }, data: { role: 'viewer' } })
    await expect(requirePermission(request(`Bearer ${token}`), 'prices:write')).rejects.toBeInstanceOf(
      MissingPermissionError,
    )
    await db().user.delete({ where: { id } })
    await expect(requirePermission(request(`Bearer ${token}`), 'prices:read')).rejects.toBeInstanceOf(InvalidTokenError)
  })

  test('manages no tokens, in any role', async () => {
    const { token } = await make({ name: 'Admin token', role: 'admin' })
    await expect(requirePermission(request(`Bearer ${token}`), 'tokens:manage')).rejects.toBeInstanceOf(
      MissingPermissionError,
    )
  })
})

test('a name means one token for ever, also after it was revoked', async () => {
  const { view } = await make({ name: 'One', role: 'viewer' })
  await revokeApiToken(view.id, as('admin'))
  await expect(make({ name: ' One ', role: 'viewer' })).rejects.toBeInstanceOf(TokenNameTakenError)
})

test.each(['viewer', 'editor'] as const)('a %s makes, sees and revokes no token', async (role) => {
  const { view } = await make({ name: `Not for a ${role}`, role: 'viewer' })
  const before = await db().apiToken.findMany({ orderBy: { id: 'asc' } })
  const attempts = [
    () => createApiToken({ name: `By a ${role}`, role: 'viewer' }, as(role)),
    () => listApiTokens(as(role)),
    () => revokeApiToken(view.id, as(role)),
  ]
  for (const attempt of attempts) await expect(attempt()).rejects.toBeInstanceOf(MissingPermissionError)
  expect(await db().apiToken.findMany({ orderBy: { id: 'asc' } })).toEqual(before)
})

test('a stream that a token opened ends when the token is revoked, not before', async () => {
  const { token, view } = await make({ name: 'Watcher', role: 'viewer' })
  const ended: string[] = []
  const stop = revalidateAccess(request(`Bearer ${token}`), 'freshness:read', () => ended.push('ended'), 20)
  const other = revalidateAccess(request(`Bearer ${token}`), 'prices:write', () => ended.push('never was allowed'), 20)
  await vi.waitFor(() => expect(ended).toEqual(['never was allowed']), { timeout: 10_000 })
  await revokeApiToken(view.id, as('admin'))
  await vi.waitFor(() => expect(ended).toEqual(['never was allowed', 'ended']), { timeout: 10_000 })
  stop()
  other()
})
