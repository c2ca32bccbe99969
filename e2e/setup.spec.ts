import { expect, test } from '@playwright/test'

test('the shop that set-up started opens in the visitor’s language and shows prices', async ({ page }) => {
  await page.goto('/')
  await expect(page).toHaveURL(/\/en$/)
  await expect(page.locator('[data-price-version]').first()).toBeVisible()
})

test('the administrator signs in with the address and the password that set-up prints', async ({ page }) => {
  await page.goto('/admin')
  await page.getByLabel('E-mail').fill(process.env['ADMIN_EMAIL'] ?? '')
  await page.getByLabel('Password', { exact: true }).fill(process.env['ADMIN_PASSWORD'] ?? '')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).toHaveURL(/\/admin$/)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
})
