/** An editor renames a product and changes its texts; page, list and search follow before the answer. */
import { signIn } from '../support/accounts.ts'
import { expect, test } from '../support/test.ts'

test('changes texts and address of a product: the shop has both when the form says so', async ({
  page,
  request,
  database,
}) => {
  await signIn(page.request)
  const { productId, slug } = await database.plainProduct(24)
  const html = async (path: string) => (await request.get(path)).text()
  await page.goto(`/admin/products/${productId}`)
  const panel = page.getByRole('region', { name: 'Texts and address' })
  const [reasonOfTexts, reasonOfSlug] = [panel.getByLabel('Why').first(), panel.getByLabel('Why').last()]

  await panel.getByText('Deutsch').click()
  const name = panel.locator('#name\\.de')
  const before = await name.inputValue()
  await name.fill('Quittenholzhocker')
  await panel.getByRole('button', { name: 'Save the texts' }).click()
  await expect(panel.getByText('Say why, in a few words.')).toBeVisible()
  await expect(name).toHaveValue('Quittenholzhocker')
  await reasonOfTexts.fill('A better name')
  await panel.getByRole('button', { name: 'Save the texts' }).click()
  await expect(panel.getByText('Pages, lists and search have the new texts.')).toBeVisible()
  expect(await html(`/de/products/${slug}`)).toContain('<h1>Quittenholzhocker</h1>')
  await expect.poll(() => html('/de/search?q=quittenholzhocker')).toContain('Quittenholzhocker</')

  await panel.locator('#slug').fill('Not a slug')
  await reasonOfSlug.fill('A better address')
  await panel.getByRole('button', { name: 'Rename' }).click()
  await expect(panel.getByText('Lower-case letters and digits', { exact: false })).toBeVisible()
  await panel.locator('#slug').fill(`${slug}-better`)
  await panel.getByRole('button', { name: 'Rename' }).click()
  await expect(panel.getByText('Its former addresses lead to the new one.')).toBeVisible()
  const led = await request.get(`/de/products/${slug}`, { maxRedirects: 0 })
  expect([led.status(), led.headers()['location']]).toEqual([301, `/de/products/${slug}-better`])

  const entries = await database.sql('SELECT action FROM audit_log WHERE target = $1 ORDER BY id DESC LIMIT 2', [
    `product:${productId}`,
  ])
  expect(entries).toEqual([{ action: 'product.slug' }, { action: 'product.texts' }])
  await database.sql('UPDATE products SET slug = $2, names = jsonb_set(names, $3, to_jsonb($4::text)) WHERE id = $1', [
    productId,
    slug,
    '{de}',
    before,
  ])
})
