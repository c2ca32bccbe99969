import type { APIRequestContext } from '@playwright/test'
import { ADMIN, createAccount, signIn } from '../support/accounts.ts'
import { another } from '../support/adminPage.ts'
import { expect, test } from '../support/test.ts'

function post(
  request: APIRequestContext,
  changes: unknown,
  reason: unknown = 'Price match',
  headers: Record<string, string> = {},
) {
  return request.post('/api/admin/prices', { data: { changes, reason }, headers })
}

test('changes prices and answers with each row and the state', async ({ request, database }) => {
  await signIn(request)
  const [one, two] = [await database.plainProduct(8), await database.plainProduct(9)]
  const [first, second] = [another(one), another(two)]
  const response = await post(request, [
    { productId: one.productId, amountCents: first.cents, expectedVersion: one.version },
    { productId: two.productId, amount: second.typed },
  ])
  expect(response.status()).toBe(200)
  expect(response.headers()['cache-control']).toBe('no-store')
  expect(await response.json()).toMatchObject({
    state: 'live',
    results: [
      {
        productId: one.productId,
        status: 'changed',
        amountCents: first.cents,
        version: one.version + 1,
        versionUpdatedAt: expect.any(String),
      },
      { productId: two.productId, status: 'changed', amountCents: second.cents, version: two.version + 1 },
    ],
  })
  expect(await database.price(one.productId)).toMatchObject({ amountCents: first.cents, version: one.version + 1 })

  const history = await request.get(`/api/admin/prices/history?productId=${one.productId}`)
  const newest = {
    version: one.version + 1,
    newAmountCents: first.cents,
    actor: ADMIN.email,
    reason: 'Price match',
    source: 'api',
  }
  expect(await history.json()).toMatchObject({ entries: expect.arrayContaining([expect.objectContaining(newest)]) })

  const conflict = await post(request, [{ productId: one.productId, amountCents: 5000, expectedVersion: one.version }])
  expect(conflict.status()).toBe(409)
  expect(await conflict.json()).toMatchObject({
    results: [{ status: 'conflict', amountCents: first.cents, version: one.version + 1 }],
  })
})

const REFUSED: [string, Record<string, unknown>, string][] = [
  ['no amount', { amountCents: undefined }, 'changes[0].amountCents'],
  ['a text for cents', { amountCents: '1290' }, 'changes[0].amountCents'],
  ['a fraction of a cent', { amountCents: 12.5 }, 'changes[0].amountCents'],
  ['a negative amount', { amountCents: -1 }, 'changes[0].amountCents'],
  ['zero', { amountCents: 0 }, 'changes[0].amountCents'],
  ['an amount that is too large', { amountCents: 100_000_000 }, 'changes[0].amountCents'],
  ['an ambiguous amount', { amountCents: undefined, amount: '1,299' }, 'changes[0].amount'],
  ['a wrong currency', { currency: 'USD' }, 'changes[0].currency'],
  ['an unknown product', { productId: 2_000_000_000 }, 'changes[0].productId'],
  ['an unknown field', { priceCents: 100 }, 'changes[0].priceCents'],
]

for (const [name, wrong, field] of REFUSED) {
  test(`${name} is refused with the name of the field, and nothing changes, not even the good row beside it`, async ({
    request,
    database,
  }) => {
    await signIn(request)
    const [bad, good] = [await database.plainProduct(10), await database.plainProduct(11)]
    const before = [await database.written(bad.productId), await database.written(good.productId)]
    const response = await post(request, [
      { productId: bad.productId, amountCents: 999, ...wrong },
      { productId: good.productId, amountCents: 999 },
    ])
    expect(response.status()).toBe(400)
    expect(await response.json()).toMatchObject({ error: { field, message: expect.stringMatching(/\w/) } })
    expect([await database.written(bad.productId), await database.written(good.productId)]).toEqual(before)
  })
}

test('refuses an editor a change beyond the limits, and takes it from an administrator who confirms', async ({
  playwright,
  baseURL,
  request,
  database,
}) => {
  await signIn(request)
  const editor = await playwright.request.newContext({ baseURL })
  await signIn(editor, await createAccount(database, 'editor'))
  const { productId, amountCents } = await database.plainProduct(14)
  const before = await database.written(productId)
  const changes = [{ productId, amountCents: 1 }]
  const send = (context: APIRequestContext, confirmations?: unknown) =>
    context.post('/api/admin/prices', {
      data: { changes, reason: 'A slip', ...(confirmations !== undefined && { confirmations }) },
    })

  const refused = await send(editor, ['change 1 price by more than 30 percent', 'set 1 price below the floor'])
  expect(refused.status()).toBe(403)
  expect(await refused.json()).toMatchObject({
    error: {
      code: 'missing_permission',
      field: 'changes[0].amountCents',
      message: expect.stringMatching(/99\.\d+ % less.*at most 30 %.*Ask an administrator/),
    },
    results: [{ productId, status: 'refused' }],
  })

  const asked = await send(request)
  expect(asked.status()).toBe(400)
  const phrases = ['change 1 price by more than 50 percent', 'set 1 price below the floor']
  expect(await asked.json()).toMatchObject({
    error: {
      code: 'confirmation_needed',
      field: 'confirmations',
      confirmations: phrases.map((phrase) => ({ phrase, rows: 1 })),
    },
    results: [{ productId, status: 'refused', message: expect.stringContaining('to €0.01 is 99.') }],
  })
  expect((await send(request, true)).status()).toBe(400)
  expect((await send(request, phrases.slice(1))).status()).toBe(400)
  expect(await database.written(productId)).toEqual(before)

  expect(await (await send(request, phrases)).json()).toMatchObject({
    state: 'live',
    results: [{ status: 'changed', amountCents: 1 }],
  })
  await database.sql('UPDATE prices SET amount_cents = $2 WHERE product_id = $1', [productId, amountCents])
  await editor.dispose()
})

test('refuses a body that is no request, and says why', async ({ request, database }) => {
  await signIn(request)
  const { productId } = await database.plainProduct(10)
  const before = await database.written(productId)
  const changes = [{ productId, amountCents: 999 }]
  const send = (data: string, type = 'application/json') =>
    request.post('/api/admin/prices', { data, headers: { 'content-type': type } })
  expect((await post(request, changes, '')).status()).toBe(400)
  expect((await send('{"changes":')).status()).toBe(400)
  expect((await send(JSON.stringify({ changes, reason: 'x' }), 'text/plain')).status()).toBe(415)
  expect((await send(JSON.stringify({ changes, reason: 'x'.repeat(300_000) }))).status()).toBe(413)
  expect((await request.get('/api/admin/prices')).status()).toBe(405)
  expect(await database.written(productId)).toEqual(before)
})

test('answers 401 without a session, 403 to a viewer and to another site, and changes nothing', async ({
  playwright,
  baseURL,
  database,
}) => {
  const { productId } = await database.plainProduct(10)
  const before = await database.written(productId)
  const changes = [{ productId, amountCents: 999 }]
  const signedOut = await playwright.request.newContext({ baseURL })
  const viewer = await playwright.request.newContext({ baseURL })
  const admin = await playwright.request.newContext({ baseURL })
  await signIn(viewer, await createAccount(database, 'viewer'))
  await signIn(admin)

  expect((await post(signedOut, changes)).status()).toBe(401)
  expect((await signedOut.get(`/api/admin/prices/history?productId=${productId}`)).status()).toBe(401)
  const forbidden = await post(viewer, changes)
  expect(forbidden.status()).toBe(403)
  expect(await forbidden.json()).toMatchObject({ error: { code: 'missing_permission' } })
  expect((await viewer.get(`/api/admin/prices/history?productId=${productId}`)).status()).toBe(200)
  expect((await post(admin, changes, 'x', { origin: 'https://evil.example' })).status()).toBe(403)
  expect(await database.written(productId)).toEqual(before)
  await Promise.all([signedOut, viewer, admin].map((context) => context.dispose()))
})

test('refuses sign-up and every other endpoint of the sign-in', async ({ request }) => {
  const account = { email: 'mallory@evergreen.example', password: 'a long password', name: 'Mallory', role: 'admin' }
  for (const path of ['sign-up/email', 'update-user', 'list-sessions', 'change-password', 'request-password-reset']) {
    expect((await request.post(`/api/auth/${path}`, { data: account })).status(), path).toBe(404)
  }
})
