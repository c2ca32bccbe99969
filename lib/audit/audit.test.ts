import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApiToken, revokeApiToken } from '#lib/auth/apiTokens.ts'
import { upsertAccount } from '#lib/auth/accounts.ts'
import { auth } from '#lib/auth/auth.ts'
import { MissingPermissionError } from '#lib/access/errors.ts'
import type { Principal } from '#lib/access/principal.ts'
import { db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { changePrices } from '#lib/pricing/changePrices.ts'
import { PriceChangeRefusedError } from '#lib/pricing/errors.ts'
import { priceStores, type PriceStores } from '#lib/pricing/testing/priceStores.ts'
import { person } from '#lib/pricing/testing/principals.ts'
import { AUDIT_PAGE, readAudit } from './readAudit.ts'
import { writeAudit } from './writeAudit.ts'

let stores: PriceStores
let admin: Principal
const password = 'a long enough password'
beforeAll(async () => {
  stores = await priceStores()
  await upsertAccount({ email: 'ana@evergreen.example', password, name: 'Ana', role: 'admin' })
  const { id } = await db().user.findUniqueOrThrow({ where: { email: 'ana@evergreen.example' } })
  admin = { ...person('admin'), userId: id, actor: 'ana@evergreen.example', email: 'ana@evergreen.example' }
})
afterAll(() => stores.close())

const newest = async () => (await readAudit({}, admin)).entries[0]

function send(path: string, body: unknown, cookie = ''): Promise<Response> {
  const headers = {
    'content-type': 'application/json',
    origin: env().PUBLIC_URL,
    cookie,
    'x-forwarded-for': '192.0.2.9',
  }
  return auth().handler(
    new Request(`${env().PUBLIC_URL}/api/auth${path}`, { method: 'POST', headers, body: JSON.stringify(body) }),
  )
}

describe('the audit log says who did what and why', () => {
  test('a price change, in the transaction of the change, under the same correlation id as the history', async () => {
    const till = { ...person('admin'), actor: 'token till', kind: 'token' } as const
    const { amountMinor } = await db().price.findUniqueOrThrow({ where: { productId: 7 } })
    const { correlationId } = await changePrices(till, {
      reason: 'Sale',
      source: 'api',
      changes: [{ productId: 7, amountMinor: amountMinor - 1 }],
    })
    expect(await newest()).toMatchObject({
      actor: 'token till',
      via: 'token',
      action: 'prices.change',
      target: 'product:7',
      reason: 'Sale',
      correlationId,
    })
    expect(await db().priceChange.count({ where: { correlationId } })).toBe(1)
  })

  test('nothing, where nothing was changed', async () => {
    const before = await db().auditEntry.count()
    const request = { reason: 'Sale', source: 'editor' } as const
    const { amountMinor } = await db().price.findUniqueOrThrow({ where: { productId: 7 } })
    const refused = changePrices(admin, {
      ...request,
      changes: [
        { productId: 7, amountMinor: 1 },
        { productId: 999_999, amountMinor: 1 },
      ],
    })
    await expect(refused).rejects.toBeInstanceOf(PriceChangeRefusedError)
    await changePrices(admin, { ...request, changes: [{ productId: 7, amountMinor }] })
    expect(await db().auditEntry.count()).toBe(before)
  })

  test('a token that is made, and its end once, without the token itself', async () => {
    const { token, view } = await createApiToken({ name: 'till', role: 'editor' }, admin)
    expect(await newest()).toMatchObject({
      actor: 'ana@evergreen.example',
      action: 'tokens.create',
      target: 'token:till',
      detail: { role: 'editor' },
    })
    expect(JSON.stringify(await newest())).not.toContain(token)
    await revokeApiToken(view.id, admin)
    await revokeApiToken(view.id, admin)
    expect(await db().auditEntry.count({ where: { action: 'tokens.revoke', target: 'token:till' } })).toBe(1)
  })

  test('signing in, being refused, signing out', async () => {
    expect(
      (await send('/sign-in/email', { email: 'ana@evergreen.example', password: 'not her password' })).status,
    ).toBe(401)
    expect(await newest()).toMatchObject({
      actor: 'ana@evergreen.example',
      action: 'session.refuse',
      detail: { address: '192.0.2.9' },
    })
    const entered = await send('/sign-in/email', { email: 'ana@evergreen.example', password })
    expect(await newest()).toMatchObject({ action: 'session.start' })
    const cookie = entered.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
    await send('/sign-out', {}, cookie)
    expect(await newest()).toMatchObject({ actor: 'ana@evergreen.example', action: 'session.end' })
    expect(JSON.stringify((await readAudit({}, admin)).entries)).not.toContain('not her password')
  })
})

describe('a change of the log', () => {
  test.each(['UPDATE audit_log SET reason = NULL', 'DELETE FROM audit_log', 'TRUNCATE audit_log'])(
    '%s is refused by the database',
    async (sql) => {
      const before = await db().auditEntry.count()
      await expect(stores.database.db.$executeRawUnsafe(sql)).rejects.toThrow('the audit log is append-only')
      expect(await db().auditEntry.count()).toBe(before)
    },
  )
})

describe('the log is found by who, what, which and when', () => {
  test('each filter alone and together', async () => {
    const who = { actor: 'Zoe.Finder@evergreen.example', kind: 'session' } as const
    await writeAudit(db(), who, { action: 'bulk.create', target: 'bulk_edit:1' })
    await writeAudit(db(), who, { action: 'bulk.approve', target: 'bulk_edit:1' })
    const found = async (filter: Parameters<typeof readAudit>[0]) =>
      (await readAudit({ actor: 'zoe.finder', ...filter }, admin)).entries.map(({ action }) => action)
    expect(await found({})).toEqual(['bulk.approve', 'bulk.create'])
    expect(await found({ action: 'bulk.' })).toHaveLength(2)
    expect(await found({ action: 'bulk.create', target: 'bulk_edit:1' })).toEqual(['bulk.create'])
    expect(await found({ target: 'bulk_edit:2' })).toEqual([])
    const [latest] = (await readAudit({ actor: 'zoe.finder' }, admin)).entries
    expect(await found({ from: latest?.at })).toContain('bulk.approve')
    expect(await found({ from: new Date(Date.now() + 60_000).toISOString() })).toEqual([])
    expect(await found({ to: new Date(0).toISOString() })).toEqual([])
  })

  test('in pages that neither lose nor repeat an entry', async () => {
    for (let i = 0; i <= AUDIT_PAGE; i++)
      await writeAudit(db(), { actor: 'pages', kind: 'shell' }, { action: 'freshness.purge', target: `product:${i}` })
    const first = await readAudit({ actor: 'pages' }, admin)
    const second = await readAudit({ actor: 'pages', before: first.next ?? '0' }, admin)
    expect([...first.entries, ...second.entries].map(({ target }) => target)).toEqual(
      Array.from({ length: AUDIT_PAGE + 1 }, (_, i) => `product:${AUDIT_PAGE - i}`),
    )
    expect(second.next).toBeNull()
  })

  test('only for roles that may read it', async () => {
    await expect(readAudit({}, { ...admin, permissions: [] })).rejects.toBeInstanceOf(MissingPermissionError)
  })
})
