import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { createAccount, signIn } from '../support/accounts.ts'
import type { Database } from '../support/database.ts'
import { featuredProduct } from '../support/pagesOf.ts'
import { expect, test } from '../support/test.ts'

const row = z.object({ quantity: z.number(), version: z.coerce.number() })

async function stockOf(database: Database, productId: number) {
  const [found] = await database.sql('SELECT quantity, version FROM stock WHERE product_id = $1', [productId])
  return row.parse(found)
}

test('sets a stock: the shop follows before the answer, and a form that is behind writes nothing', async ({
  page,
  request,
  database,
}) => {
  const editor = await createAccount(database, 'editor')
  await signIn(page.request, editor)
  const productId = await featuredProduct(database, 7)
  const { slug } = await database.price(productId)
  const shop = async () => (await request.get(`/en/products/${slug}`)).text()
  await page.goto(`/admin/products/${productId}`)
  const stock = page.getByRole('region', { name: 'Stock' })
  const [quantity, reason, save] = [
    stock.getByLabel('In stock'),
    stock.getByLabel('What happened'),
    stock.getByRole('button', { name: 'Save the stock' }),
  ]
  await quantity.fill('3 or so')
  await save.click()
  await expect(stock.getByText('Write a whole number, such as 12.')).toBeVisible()
  await expect(stock.getByText('Say what happened, in a few words.')).toBeVisible()
  await quantity.fill('2')
  await reason.fill('Counted again')
  await save.click()
  await expect(stock.getByText('2 in stock.')).toBeVisible()
  const { version } = await stockOf(database, productId)
  expect(await shop()).toContain(`data-stock-of="${productId}" data-stock-version="${version}" data-stock="2"`)

  await database.sql('UPDATE stock SET quantity = 1 WHERE product_id = $1', [productId])
  await quantity.fill('40')
  await reason.fill('A delivery')
  await save.click()
  await expect(stock.getByText('It has changed since: there are 1 now.')).toBeVisible()
  expect(await stockOf(database, productId)).toEqual({ quantity: 1, version: version + 1 })
  await save.click()
  await expect(stock.getByText('40 in stock.')).toBeVisible()
  expect(await stockOf(database, productId)).toEqual({ quantity: 40, version: version + 2 })
  expect(
    await database.sql(
      "SELECT actor, reason, detail->'to' AS quantity FROM audit_log WHERE target = $1 AND action = 'product.stock' ORDER BY id",
      [`product:${productId}`],
    ),
  ).toEqual([
    { actor: editor.email, reason: 'Counted again', quantity: 2 },
    { actor: editor.email, reason: 'A delivery', quantity: 40 },
  ])
})

test('sets a stock by the API at the expected version, and names the field of what it refuses', async ({
  request,
  database,
}) => {
  await signIn(request)
  const productId = await featuredProduct(database, 8)
  const { version } = await stockOf(database, productId)
  const put = (data: object, id = productId) => request.put(`/api/admin/products/${id}/stock`, { data })
  const reason = 'An order'
  const set = await put({ quantity: 17, expectedVersion: version, reason })
  expect([set.status(), await set.json()]).toEqual([
    200,
    expect.objectContaining({ state: 'live', status: 'changed', quantity: 17, version: version + 1 }),
  ])
  expect(await (await request.get(`/api/prices?ids=${productId}`)).json()).toMatchObject([
    { productId, stock: 17, stockVersion: version + 1 },
  ])
  const late = await put({ quantity: 16, expectedVersion: version, reason })
  expect([late.status(), await late.json()]).toEqual([
    409,
    expect.objectContaining({ status: 'conflict', quantity: 17, version: version + 1 }),
  ])
  for (const [data, field] of [
    [{ quantity: -1, reason }, 'quantity'],
    [{ quantity: 1.5, reason }, 'quantity'],
    [{ quantity: 2 ** 31, reason }, 'quantity'],
    [{ quantity: 1 }, 'reason'],
    [{ quantity: 1, expectedVersion: 0, reason }, 'expectedVersion'],
  ] as const) {
    const response = await put(data)
    expect([response.status(), await response.json()]).toMatchObject([400, { error: { field } }])
  }
  expect((await put({ quantity: 1, reason }, 2_000_000_000)).status()).toBe(404)
  expect(await stockOf(database, productId)).toEqual({ quantity: 17, version: version + 1 })
})

test('sets stocks from a file at the versions of its export; a viewer may only export', async ({
  page,
  request,
  database,
}) => {
  await signIn(request)
  const productId = await featuredProduct(database, 4)
  const { sku } = await database.price(productId)
  const exported = await request.post('/api/admin/prices/export', {
    data: { selection: { skus: [sku] } },
  })
  const [header = '', line = ''] = (await exported.text())
    .split('\r\n')
    .map((row) => row.split(',').slice(-5, -3).join())
  const before = await stockOf(database, productId)
  expect([header, line]).toEqual(['stock,stock_version', `${before.quantity},${before.version}`])

  const send = (context: typeof request, quantity: number) =>
    context.post('/api/admin/stock/import?reason=A%20count', {
      headers: { 'content-type': 'text/csv' },
      data: `sku,stock,stock_version\n${sku},${quantity},${before.version}\nNO-SUCH,1,\n`,
    })
  const set = await send(request, before.quantity + 30)
  expect([set.status(), await set.json()]).toMatchObject([
    200,
    { state: 'live', rows: 2, changed: 1, conflict: 0, errors: [{ line: 3, sku: 'NO-SUCH', column: 'sku' }] },
  ])
  expect(await (await send(request, 1)).json()).toMatchObject({ changed: 0, conflict: 1 })
  expect(await stockOf(database, productId)).toEqual({ quantity: before.quantity + 30, version: before.version + 1 })

  await signIn(page.request, await createAccount(database, 'viewer'))
  expect((await send(page.request, 1)).status()).toBe(403)
})

test('asks about a file of stocks, previews it, and sets it when confirmed', async ({ page, database }) => {
  await signIn(page.request, await createAccount(database, 'editor'))
  const productId = await featuredProduct(database, 8)
  const [{ sku }, { sku: twice }] = z
    .tuple([z.object({ sku: z.string() }), z.object({ sku: z.string() })])
    .parse(await database.sql('SELECT sku FROM products ORDER BY id <> $1, id LIMIT 2', [productId]))
  const { quantity } = await stockOf(database, productId)
  await page.goto('/admin/products')
  await page.getByRole('link', { name: 'Import stock' }).click()
  const text = `Artikelnummer;Bestand\n${sku};${quantity + 11}\nno-such-sku;4\n${twice};1\n${twice};2\n`
  await page
    .getByLabel('CSV file')
    .setInputFiles({ name: 'bestand.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
  await page.getByLabel('Why').fill('Counted in May')
  await page.getByRole('button', { name: 'Read and preview' }).click()
  await page.getByRole('button', { name: 'Read with these answers' }).click()
  const outcome = page.getByRole('region', { name: 'What was read' })
  await expect(outcome).toContainText('1 stock would change. 3 rows could not be taken.')
  await expect(outcome.getByRole('row', { name: `4 ${twice}` })).toContainText(
    'Line 5 says something else about this SKU',
  )
  await expect(outcome.getByRole('row', { name: `5 ${twice}` })).toContainText(
    'Line 4 says something else about this SKU',
  )
  await expect(
    outcome.getByRole('row', { name: new RegExp(`${sku} .* ${(quantity + 11).toLocaleString('en')}$`) }),
  ).toBeVisible()
  expect((await stockOf(database, productId)).quantity, 'a preview writes nothing').toBe(quantity)
  const download = page.waitForEvent('download')
  await outcome.getByRole('button', { name: 'Download the rejected rows' }).click()
  const saved = await download
  expect(saved.suggestedFilename()).toBe('bestand rejected.csv')
  expect(await readFile(await saved.path(), 'utf8')).toContain('no-such-sku;4;3;There is no product with this SKU.')
  await outcome.getByRole('button', { name: 'Set 1 stock' }).click()
  await expect(outcome).toContainText('1 stock set.')
  expect((await stockOf(database, productId)).quantity).toBe(quantity + 11)
})
