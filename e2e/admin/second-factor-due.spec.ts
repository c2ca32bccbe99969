/** A shop whose administrators need a second factor: SECOND_FACTOR_FOR. What each entrance of lib/auth refuses is in its tests. */
import { totpOf } from '#lib/auth/testing/totp.ts'
import { PAGES } from '../../app/_access/entrances.ts'
import { ADMIN, signInOnPage } from '../support/accounts.ts'
import { type IsolatedShop, startIsolatedShop } from '../support/isolatedShop.ts'
import { expect, test } from '../support/test.ts'

let shop: IsolatedShop
test.beforeAll(async () => {
  shop = await startIsolatedShop({ SECOND_FACTOR_FOR: 'admin' })
})
test.afterAll(() => shop.stop())

test('opens nothing to an administrator before a second factor is set up', async ({ page }) => {
  await page.goto(`${shop.url}/admin/products`)
  await signInOnPage(page, ADMIN)
  await expect(page.getByText('Your role asks for a second factor.')).toBeVisible()
  await expect(page).toHaveURL(`${shop.url}/admin/account`)
  await expect(page.getByLabel('Current password')).toHaveCount(0)
  await expect(page.getByRole('link', { name: 'API tokens' })).toHaveCount(0)

  const pages = Object.entries(PAGES).filter(([address, who]) => who !== 'anyone' && address !== '/admin/account')
  for (const address of [...pages.map(([pattern]) => pattern.replaceAll(/\{\w+\}/g, '1')), '/admin/queues']) {
    const answer = await page.request.get(shop.url + address, { maxRedirects: 0, headers: { accept: 'text/html' } })
    const led = answer.headers()['location'] ?? (await answer.text())
    expect.soft(led, address).toMatch(/NEXT_REDIRECT;replace;\/admin\/account;|^\/admin\/account$/)
  }
  const route = await page.request.get(`${shop.url}/api/admin/bulk-edits`)
  expect([route.status(), await route.json()]).toMatchObject([403, { error: { code: 'second_factor_due' } }])

  await page.getByLabel('Your password').fill(ADMIN.password)
  await page.getByRole('button', { name: 'Set up an authenticator' }).click()
  const secret = (await page.getByText(/^(?:[A-Z2-7]{1,4} ?)+$/).innerText()).replaceAll(' ', '')
  await page.getByLabel('Code of the authenticator').fill(totpOf(`otpauth://totp/x?secret=${secret}`))
  await page.getByRole('button', { name: 'Turn it on' }).click()
  await expect(page.getByText('Signing in asks for a code from now on.')).toBeVisible()
  await expect(page.getByTestId('recovery-codes')).toBeVisible()
  await expect(page.getByText('Your role asks for a second factor.')).toHaveCount(0)
  await page.goto(`${shop.url}/admin/accounts`)
  await expect(page.getByTestId('accounts')).toBeVisible()
})
