import type { APIRequestContext } from '@playwright/test'
import { createAccount, signIn } from '../support/accounts.ts'
import { ADMIN_API, Api, createToken, draftOf, type Edit, everything } from '../support/api.ts'
import type { PriceRow } from '../support/database.ts'
import { expect, test } from '../support/test.ts'

/** Products that no other file of tests takes. */
const FIRST = 60
const TIMES = { startsAt: '2099-01-01T09:00', timeZone: 'Europe/Berlin' }

interface Stage {
  readonly context: APIRequestContext
  readonly admin: Api
  readonly product: PriceRow
  readonly previewed: Edit
  readonly applied: Edit
  readonly scheduleId: string
}

let stage: Stage
test.beforeAll(async ({ playwright, baseURL, database }) => {
  const context = await playwright.request.newContext({ baseURL })
  const admin = new Api(context, (await createToken(context, 'admin')).token)
  const [product, other] = [await database.plainProduct(FIRST), await database.plainProduct(FIRST + 1)]
  const applied = await admin.preview([other.sku], '5')
  await admin.approve(applied.id)
  const planned = await admin.preview([other.sku], '5')
  const schedule = await admin.send('POST', `/bulk-edits/${planned.id}/schedule`, TIMES)
  expect(schedule.status(), await schedule.text()).toBe(201)
  const scheduleId = schedule.headers()['location']?.split('/').at(-1) ?? ''
  stage = { context, admin, product, previewed: await admin.preview([product.sku], '-5'), applied, scheduleId }
})

test.afterAll(async () => {
  await stage.admin.send('DELETE', `/schedules/${stage.scheduleId}`)
  const undo = await stage.admin.follow(stage.applied.id, 'undo')
  await stage.admin.approve(undo.id)
  await stage.context.dispose()
})

type Request = [method: string, path: string, data?: unknown]

function changing(): Request[] {
  const { product, previewed, applied, scheduleId } = stage
  return [
    ['POST', '/bulk-edits/dry-run', draftOf([product.sku], '-5')],
    ['POST', '/bulk-edits', draftOf([product.sku], '-5')],
    ['PUT', `/bulk-edits/${previewed.id}`, draftOf([product.sku], '-6')],
    ['POST', `/bulk-edits/${previewed.id}/approve`, {}],
    ['POST', `/bulk-edits/${previewed.id}/cancel`],
    ['POST', `/bulk-edits/${previewed.id}/schedule`, TIMES],
    ['POST', `/bulk-edits/${applied.id}/retry`],
    ['POST', `/bulk-edits/${applied.id}/undo`],
    ['PUT', `/schedules/${scheduleId}`, { ...TIMES, startsAt: '2099-02-01T09:00' }],
    ['DELETE', `/schedules/${scheduleId}`],
    ['POST', '/prices/import?reason=x', `sku,price\n${product.sku},1.00\n`],
  ]
}

function reading(): Request[] {
  const { product, applied, scheduleId } = stage
  const selection = { skus: [product.sku] }
  return [
    ['POST', '/selection/count', { selection }],
    ['POST', '/selection/rows', { selection }],
    ['GET', '/selection/facets'],
    ['GET', '/bulk-edits'],
    ['GET', `/bulk-edits/${applied.id}`],
    ['GET', `/bulk-edits/${applied.id}/rows`],
    ['GET', `/bulk-edits/${applied.id}/rows.csv`],
    ['GET', `/bulk-edits/${applied.id}/events`],
    ['GET', '/schedules'],
    ['GET', `/schedules/${scheduleId}`],
    ['POST', '/prices/export', { selection }],
    ['GET', `/prices/export?text=${product.sku}`],
    ['GET', `/prices/history?bulkEditId=${applied.id}`],
    ['GET', `/prices/lowest?productId=${product.productId}`],
  ]
}

async function statuses(
  context: APIRequestContext,
  requests: readonly Request[],
  headers: Record<string, string> = {},
): Promise<string[]> {
  return Promise.all(
    requests.map(async ([method, path, data]) => {
      const sent: Record<string, string> =
        typeof data === 'string' ? { ...headers, 'content-type': 'text/csv' } : headers
      const response = await context.fetch(ADMIN_API + path, {
        method,
        headers: sent,
        ...(data !== undefined && { data }),
      })
      return `${response.status()} ${method} ${path}`
    }),
  )
}

const phrases = ({ summary }: Edit) => summary.confirmations.map(({ phrase }) => phrase)

const all = (status: number, requests: readonly Request[]) =>
  requests.map(([method, path]) => `${status} ${method} ${path}`)

test('answers nothing without a session, and changes nothing', async ({ playwright, baseURL, database }) => {
  const signedOut = await playwright.request.newContext({ baseURL })
  const before = await everything(database)
  const requests = [...changing(), ...reading()]
  expect(await statuses(signedOut, requests)).toEqual(all(401, requests))
  expect(await statuses(signedOut, changing(), { authorization: 'Bearer evg_unknown' })).toEqual(all(401, changing()))
  expect(await everything(database)).toEqual(before)
  await signedOut.dispose()
})

test('lets a viewer read everything and change nothing, with a session or a token', async ({
  playwright,
  baseURL,
  database,
}) => {
  const viewer = await playwright.request.newContext({ baseURL })
  await signIn(viewer, await createAccount(database, 'viewer'))
  const { token } = await createToken(stage.context, 'viewer')
  const before = await everything(database)
  expect(await statuses(viewer, changing())).toEqual(all(403, changing()))
  const byToken = await playwright.request.newContext({ baseURL })
  expect(await statuses(byToken, changing(), { authorization: `Bearer ${token}` })).toEqual(all(403, changing()))
  expect(await statuses(viewer, reading())).toEqual(all(200, reading()))
  expect(await everything(database)).toEqual(before)
  await Promise.all([viewer.dispose(), byToken.dispose()])
})

test('changes nothing for a page of another site', async ({ database }) => {
  const before = await everything(database)
  expect(await statuses(stage.context, changing(), { origin: 'https://evil.example' })).toEqual(all(403, changing()))
  expect(await everything(database)).toEqual(before)
})

test('holds an editor to the limits, and asks an administrator for the phrase', async ({ database }) => {
  const editor = new Api(stage.context, (await createToken(stage.context, 'editor')).token)
  const { sku } = await database.plainProduct(FIRST + 2)
  const large = await editor.preview([sku], '-60')
  const asked = phrases(large)
  expect(asked).toEqual(['change 1 price by more than 30 percent', 'set 1 price below the floor'])
  const before = await everything(database)
  for (const [path, more] of [
    ['approve', {}],
    ['schedule', TIMES],
  ] as const) {
    const refused = await editor.send('POST', `/bulk-edits/${large.id}/${path}`, { ...more, confirmations: asked })
    expect(refused.status()).toBe(403)
    expect(await refused.json()).toMatchObject({
      error: { code: 'missing_permission', message: expect.stringContaining('30 percent') },
    })
  }
  const [first = '', ...others] = phrases(await stage.admin.read(large.id))
  const untyped = await stage.admin.send('POST', `/bulk-edits/${large.id}/approve`, {
    confirmations: ['yes', ...others],
  })
  expect(untyped.status()).toBe(400)
  expect(await untyped.json()).toMatchObject({
    error: { field: 'confirmations', message: `Type "${first}" to confirm.` },
  })
  expect(first).toBe('change 1 price by more than 50 percent')
  expect(await everything(database)).toEqual(before)

  const { edit } = await stage.admin.approve(large.id, [first, ...others])
  expect(edit).toMatchObject({ state: 'applied', progress: { applied: 1 } })
  const back = await stage.admin.follow(large.id, 'undo')
  await stage.admin.approve(back.id, phrases(back))
})

test('refuses a revoked token from the next request on', async ({ database }) => {
  const { token, id } = await createToken(stage.context, 'editor')
  const editor = new Api(stage.context, token)
  const edit = await editor.preview([stage.product.sku], '1')
  const before = await everything(database)
  expect((await stage.context.delete(`${ADMIN_API}/tokens/${id}`)).status()).toBe(200)
  const refused = await editor.send('POST', `/bulk-edits/${edit.id}/approve`, {})
  expect(refused.status()).toBe(401)
  expect(refused.headers()['www-authenticate']).toContain('invalid_token')
  expect((await editor.send('GET', `/bulk-edits/${edit.id}/events`)).status()).toBe(401)
  expect(await everything(database)).toEqual(before)
})
