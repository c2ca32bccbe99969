import { z } from 'zod'
import { createAccount, signIn } from '../support/accounts.ts'
import { expect, test } from '../support/test.ts'
import type { Database } from '../support/database.ts'

/** The newest product: other files count products from the first one on. */
async function newestProduct(database: Database) {
  const [row] = await database.sql("SELECT max(id) AS id FROM products WHERE status = 'active'")
  return database.price(z.object({ id: z.number() }).parse(row).id)
}

test('discontinues a product and sells it again: the shop follows before the answer, the audit log says who and why', async ({
  page,
  request,
  database,
}) => {
  const editor = await createAccount(database, 'editor')
  await signIn(page.request, editor)
  const { productId, slug } = await newestProduct(database)
  const path = `/fr/products/${slug}`
  const reason = page.locator('form', { has: page.locator('[name=status]') }).getByLabel('Why')
  try {
    expect((await request.get(path)).status()).toBe(200)
    await page.goto(`/admin/products/${productId}`)
    await page.getByRole('button', { name: 'Discontinue' }).click()
    await expect(page.getByText('Say why, in a few words.')).toBeVisible()
    expect((await request.get(path)).status()).toBe(200)

    await reason.fill('The maker retired')
    await page.getByRole('button', { name: 'Discontinue' }).click()
    await expect(page.getByText('The product is discontinued.')).toBeVisible()
    expect((await request.get(path)).status()).toBe(410)

    await reason.fill('A last batch was found')
    await page.getByRole('button', { name: 'Sell it again' }).click()
    await expect(page.getByText('The product is on sale.')).toBeVisible()
    expect((await request.get(path)).status()).toBe(200)

    const entries = await database.sql(
      'SELECT actor, action, reason FROM audit_log WHERE target = $1 ORDER BY id DESC LIMIT 2',
      [`product:${productId}`],
    )
    expect(entries).toEqual([
      { actor: editor.email, action: 'product.status', reason: 'A last batch was found' },
      { actor: editor.email, action: 'product.status', reason: 'The maker retired' },
    ])
  } finally {
    await database.sql("UPDATE products SET status = 'active' WHERE id = $1", [productId])
  }
})

test('shows a viewer no form, and refuses the viewer in the API', async ({ page, database }) => {
  await signIn(page.request, await createAccount(database, 'viewer'))
  const { productId } = await newestProduct(database)
  await page.goto(`/admin/products/${productId}`)
  await expect(page.getByRole('heading', { name: 'History' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Discontinue' })).toHaveCount(0)
  const response = await page.request.put(`/api/admin/products/${productId}/status`, {
    data: { status: 'discontinued', reason: 'Not mine to do' },
  })
  expect(response.status()).toBe(403)
})

test('refuses a wrong status, reason or product, and names the field', async ({ request, database }) => {
  await signIn(request)
  const { productId } = await newestProduct(database)
  const put = (id: number | string, data: object) => request.put(`/api/admin/products/${id}/status`, { data })
  for (const [data, field] of [
    [{ status: 'gone', reason: 'A reason' }, 'status'],
    [{ status: 'active' }, 'reason'],
    [{ status: 'active', reason: ' ' }, 'reason'],
  ] as const) {
    const response = await put(productId, data)
    expect(response.status()).toBe(400)
    expect(await response.json()).toMatchObject({ error: { field } })
  }
  expect((await put(2_000_000_000, { status: 'active', reason: 'A reason' })).status()).toBe(404)
  expect((await put('one', { status: 'active', reason: 'A reason' })).status()).toBe(400)
})
