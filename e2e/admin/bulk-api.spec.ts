import { z } from 'zod'
import { Api, createToken, draftOf, everything } from '../support/api.ts'
import type { Database, PriceRow } from '../support/database.ts'
import { fetchShownPrice } from '../support/shownPrices.ts'
import { expect, test } from '../support/test.ts'

/** Products that no other file of tests takes. */
const FIRST = 70

let api: Api
test.beforeAll(async ({ playwright, baseURL }) => {
  const context = await playwright.request.newContext({ baseURL })
  api = new Api(context, (await createToken(context, 'editor')).token)
})
test.afterAll(() => api.request.dispose())

const skusOf = (products: readonly PriceRow[]) => products.map(({ sku }) => sku)

async function amounts(database: Database, products: readonly PriceRow[]): Promise<number[]> {
  return Promise.all(products.map(async ({ productId }) => (await database.price(productId)).amountCents))
}

/** Five percent more, in whole cents: halves to the even neighbour. */
function more({ amountCents }: PriceRow): number {
  const [whole, rest] = [Math.floor((amountCents * 105) / 100), (amountCents * 105) % 100]
  return rest > 50 || (rest === 50 && whole % 2 === 1) ? whole + 1 : whole
}

async function take(database: Database, count: number, offset: number): Promise<PriceRow[]> {
  return Promise.all(Array.from({ length: count }, (_, i) => database.plainProduct(FIRST + offset + i)))
}

test('applies an edit before it answers, shows it on the first page asked for, and undoes it to the cent', async ({
  request,
  database,
}) => {
  const products = await take(database, 3, 0)
  for (const { slug } of products) await request.get(`/en/products/${slug}`) // cached before
  const preview = await api.preview(skusOf(products), '5')
  expect(preview).toMatchObject({ state: 'previewed', source: 'api', summary: { rows: 3, changed: 3 } })
  expect(await amounts(database, products)).toEqual(products.map(({ amountCents }) => amountCents))

  const { state, edit } = await api.approve(preview.id)
  expect([state, edit.state, edit.progress.applied]).toEqual(['live', 'applied', 3])
  for (const product of products) {
    const shown = await fetchShownPrice(request, `/en/products/${product.slug}`, product.productId)
    expect(shown).toMatchObject({ version: product.version + 1, elements: [`${product.version + 1}:${more(product)}`] })
  }
  const history = await (await api.send('GET', `/prices/history?bulkEditId=${preview.id}`)).json()
  expect(history).toMatchObject({
    entries: Array.from({ length: 3 }, () => ({
      bulkEditId: preview.id,
      source: 'api',
      reason: 'A test of bulk edits',
    })),
  })

  const again = await api.send('POST', `/bulk-edits/${preview.id}/approve`, {})
  expect([again.status(), await again.json()]).toEqual([
    409,
    { error: expect.objectContaining({ code: 'bulk_edit_state', state: 'applied' }) },
  ])
  const undo = await api.follow(preview.id, 'undo')
  expect(undo).toMatchObject({ kind: 'undo', of: preview.id, state: 'previewed' })
  await api.approve(undo.id)
  expect(await amounts(database, products)).toEqual(products.map(({ amountCents }) => amountCents))
})

test('begins and ends a sale, and shows the lowest price of the last 30 days', async ({ database }) => {
  const [product] = await take(database, 1, 11)
  if (!product) throw new Error('no product')
  const { sku, productId, amountCents } = product
  const lowest = async () => (await api.send('GET', `/prices/lowest?productId=${productId}`)).json()
  expect(await lowest()).toEqual({ prices: [{ productId, lowestCents: null }] })
  const sale = {
    ...draftOf([sku], '-10'),
    rules: { amount: { kind: 'percent', percent: '-10', of: 'price' }, compareAt: { kind: 'old-price' } },
  }
  await api.approve(z.object({ id: z.string() }).parse(await (await api.send('POST', '/bulk-edits', sale)).json()).id)
  expect(await database.price(productId)).toMatchObject({ compareAtCents: amountCents })
  const [before] = await database.sql(
    'SELECT min(old_amount_cents) AS cents FROM price_changes WHERE product_id = $1',
    [productId],
  )
  expect(await lowest()).toEqual({
    prices: [{ productId, lowestCents: z.object({ cents: z.number() }).parse(before).cents }],
  })

  const end = { ...sale, rules: { amount: { kind: 'restore' }, compareAt: { kind: 'clear' } } }
  await api.approve(z.object({ id: z.string() }).parse(await (await api.send('POST', '/bulk-edits', end)).json()).id)
  expect(await database.price(productId)).toMatchObject({ amountCents, compareAtCents: null })
})

test('leaves a price that has changed since the preview, and retries it alone', async ({ database }) => {
  const products = await take(database, 2, 3)
  const [mine, theirs] = products
  const preview = await api.preview(skusOf(products), '5')
  const cents = (theirs?.amountCents ?? 0) + 100
  await api.send('POST', '/prices', {
    changes: [{ productId: theirs?.productId, amountCents: cents }],
    reason: 'In between',
  })
  const { edit } = await api.approve(preview.id)
  expect(edit.progress).toMatchObject({ applied: 1, conflicts: 1 })
  expect(await amounts(database, products)).toEqual([mine && more(mine), cents])
  const conflicts = await (await api.send('GET', `/bulk-edits/${preview.id}/rows?state=conflict`)).json()
  expect(conflicts).toMatchObject({ total: 1, rows: [{ productId: theirs?.productId, state: 'conflict' }] })

  const retry = await api.follow(preview.id, 'retry')
  expect(retry).toMatchObject({ kind: 'retry', summary: { rows: 1, changed: 1 } })
  await api.approve(retry.id)
  expect((await amounts(database, products))[1]).toBe(theirs && more({ ...theirs, amountCents: cents }))
})

test('makes, moves and cancels a schedule, and changes nothing before its time', async ({ database }) => {
  const products = await take(database, 1, 5)
  const preview = await api.preview(skusOf(products), '5')
  const times = { startsAt: '2099-03-01T09:00', endsAt: '2099-03-02T09:00', timeZone: 'Europe/Berlin' }
  const made = await api.send('POST', `/bulk-edits/${preview.id}/schedule`, times)
  expect([made.status(), await made.json()]).toEqual([
    201,
    expect.objectContaining({
      state: 'pending',
      bulkEditId: preview.id,
      startsAt: expect.stringContaining('2099-03-01T09:00'),
    }),
  ])
  const path = (made.headers()['location'] ?? '').replace('/api/admin', '')
  const moved = await api.send('PUT', path, { ...times, startsAt: '2099-02-28T23:30' })
  expect(await moved.json()).toMatchObject({ startsAt: expect.stringContaining('2099-02-28T23:30') })
  expect(await (await api.send('GET', '/schedules?state=pending')).json()).toMatchObject({
    schedules: expect.arrayContaining([expect.objectContaining({ bulkEditId: preview.id })]),
  })

  expect(await (await api.send('DELETE', path)).json()).toMatchObject({ state: 'cancelled' })
  expect((await api.send('DELETE', path)).status()).toBe(409)
  expect(await (await api.send('GET', path)).json()).toMatchObject({ state: 'cancelled' })
  expect((await api.read(preview.id)).state).toBe('cancelled')
  expect(await amounts(database, products)).toEqual(products.map(({ amountCents }) => amountCents))
})

test('applies a scheduled edit at its time', async ({ database }) => {
  const products = await take(database, 1, 6)
  const preview = await api.preview(skusOf(products), '5')
  const startsAt = new Date(Date.now() + 5_000).toISOString().slice(0, 19)
  const made = await api.send('POST', `/bulk-edits/${preview.id}/schedule`, { startsAt, timeZone: 'UTC' })
  expect(made.status(), await made.text()).toBe(201)
  await expect.poll(async () => (await api.read(preview.id)).state, { timeout: 30_000 }).toBe('applied')
  expect(await amounts(database, products)).toEqual(products.map(more))
  const path = (made.headers()['location'] ?? '').replace('/api/admin', '')
  expect(await (await api.send('GET', path)).json()).toMatchObject({
    bulkEditId: preview.id,
    state: 'done',
    startedAt: expect.any(String),
  })
})

test('streams an edit until it has ended, then closes', async ({ database }) => {
  const products = await take(database, 2, 7)
  const preview = await api.preview(skusOf(products), '5')
  const seen: string[] = []
  for await (const { name, edit } of api.events(preview.id)) {
    if (seen.length === 0) await api.approve(preview.id)
    seen.push(edit ? `${edit.state} ${edit.progress.applied}` : name)
  }
  expect(seen.at(0)).toBe('previewed 0')
  expect(seen.slice(-2)).toEqual(['applied 2', 'end'])
})

test('replaces the draft of a waiting edit, and discards it', async ({ database }) => {
  const products = await take(database, 2, 9)
  const preview = await api.preview(skusOf(products), '5')
  const path = `/bulk-edits/${preview.id}`
  const replaced = await api.send('PUT', path, draftOf(skusOf(products).slice(0, 1), '7'))
  expect([replaced.status(), await replaced.json()]).toEqual([
    200,
    expect.objectContaining({ id: preview.id, summary: expect.objectContaining({ rows: 1 }) }),
  ])
  expect(await (await api.send('POST', `${path}/cancel`)).json()).toMatchObject({ state: 'cancelled' })
  const before = await everything(database)
  for (const [method, what, data] of [
    ['POST', `${path}/cancel`],
    ['POST', `${path}/approve`, {}],
    ['PUT', path, draftOf(skusOf(products), '5')],
  ] as const) {
    expect((await api.send(method, what, data)).status(), what).toBe(409)
  }
  expect((await api.send('POST', '/bulk-edits/00000000-0000-4000-8000-000000000000/approve', {})).status()).toBe(404)
  expect(await everything(database)).toEqual(before)
})

const selection = { skus: ['X'] }
const rules = { amount: { kind: 'percent', percent: '5', of: 'price' } }
const REFUSED: [string, object, string][] = [
  ['a price of zero', { selection, rules: { amount: { kind: 'set', cents: 0 } }, reason: 'x' }, 'rules.amount.cents'],
  ['a fraction of a cent', { selection, rules: { floorCents: 9.5 }, reason: 'x' }, 'rules.floorCents'],
  [
    'a percentage as a number',
    { selection, rules: { amount: { kind: 'percent', percent: 5, of: 'price' } }, reason: 'x' },
    'rules.amount.percent',
  ],
  [
    'a floor above the ceiling',
    { selection, rules: { ...rules, floorCents: 200, ceilingCents: 100 }, reason: 'x' },
    'rules.floorCents',
  ],
  ['no reason', { selection, rules }, 'reason'],
  ['an unknown field', { selection, rules, reason: 'x', force: true }, 'force'],
  [
    'a time without a zone',
    { selection: { changedAfter: '2026-11-01' }, rules, reason: 'x' },
    'selection.changedAfter',
  ],
  ['nothing selected', { selection: { skus: ['no such SKU'] }, rules, reason: 'x' }, 'selection'],
]

test('names the field that is wrong, and stores nothing', async ({ database }) => {
  const before = await everything(database)
  for (const [name, draft, field] of REFUSED) {
    const response = await api.send('POST', '/bulk-edits', draft)
    expect(response.status(), name).toBe(400)
    expect(await response.json(), name).toMatchObject({ error: { field, message: expect.stringMatching(/\w/) } })
  }
  expect(await everything(database)).toEqual(before)
})
