/** Accounts in a browser: a link, a password, a second factor, an end. What each refuses is in lib/auth. */
import { randomUUID } from 'node:crypto'
import { totpOf } from '#lib/auth/testing/totp.ts'
import { ADMIN, createAccount, signIn, signInOnPage } from '../support/accounts.ts'
import { expect, test } from '../support/test.ts'

const chosen = 'seven blue lanterns on a roof'

test('invites a colleague, who sets a password and a second factor, and is out when disabled or deleted', async ({
  page,
  browser,
  baseURL,
}) => {
  const email = `nora-${randomUUID().slice(0, 8)}@evergreen.example`
  await signIn(page.request)
  await page.goto('/admin/accounts')
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Name').fill('Nora')
  await page.getByLabel('Role').selectOption('editor')
  await page.getByRole('button', { name: 'Invite' }).click()
  const link = await page.getByLabel(`Link for ${email}`).inputValue()
  const row = page.getByTestId('accounts').getByRole('row').filter({ hasText: email })
  await expect(row).toContainText('invited')

  const context = await browser.newContext({ baseURL: baseURL ?? '' })
  const nora = await context.newPage()
  const { pathname, hash } = new URL(link)
  await nora.goto(pathname + hash)
  await expect(nora.getByLabel('E-mail')).toHaveValue(email)
  expect(new URL(nora.url()).hash).toBe('')
  await nora.getByLabel('New password').fill('123qweasdzxc')
  await nora.getByLabel('Once more').fill('123qweasdzxc')
  await nora.getByRole('button', { name: 'Set the password' }).click()
  await expect(nora.getByText('among the first that are tried')).toBeVisible()
  await nora.getByLabel('New password').fill(chosen)
  await nora.getByLabel('Once more').fill(chosen)
  await nora.getByRole('button', { name: 'Set the password' }).click()
  await nora.getByRole('link', { name: 'Sign in' }).click()
  await signInOnPage(nora, { email, password: chosen })
  await expect(nora.getByRole('heading', { name: 'Overview' })).toBeVisible()

  await nora.goto('/admin/account')
  await nora.getByLabel('Your password').fill(chosen)
  await nora.getByRole('button', { name: 'Set up an authenticator' }).click()
  await expect(nora.getByRole('img', { name: 'QR code for your authenticator' })).toBeVisible()
  const secret = (await nora.getByText(/^(?:[A-Z2-7]{1,4} ?)+$/).innerText()).replaceAll(' ', '')
  const uri = `otpauth://totp/x?secret=${secret}`
  await nora.getByLabel('Code of the authenticator').fill(totpOf(uri))
  await nora.getByRole('button', { name: 'Turn it on' }).click()
  await expect(nora.getByText('Signing in asks for a code from now on.')).toBeVisible()
  const recovery = await nora.getByTestId('recovery-codes').getByRole('listitem').first().innerText()

  await nora.getByRole('button', { name: 'Sign out' }).click()
  await signInOnPage(nora, { email, password: chosen })
  await nora.getByLabel('Code').fill('000000')
  await nora.getByRole('button', { name: 'Sign in' }).click()
  await expect(nora.getByText('This code is wrong')).toBeVisible()
  await nora.getByLabel('Code').fill(recovery)
  await nora.getByRole('button', { name: 'Sign in' }).click()
  await expect(nora.getByRole('heading', { name: 'Overview' })).toBeVisible()

  await page.reload()
  await row.getByRole('link').click()
  await page.getByRole('button', { name: 'Disable the account' }).click()
  await page.getByRole('button', { name: 'Disable it now' }).click()
  await expect(page.getByRole('button', { name: 'Enable the account' })).toBeVisible()
  await nora.goto('/admin')
  await signInOnPage(nora, { email, password: chosen })
  await expect(nora.getByText('This account is disabled.')).toBeVisible()
  await context.close()

  await page.getByRole('button', { name: 'Delete the account' }).click()
  await page.getByRole('button', { name: 'Delete it now' }).click()
  await expect(page.getByTestId('accounts')).toBeVisible()
  await expect(page.getByTestId('accounts').getByText(email)).toHaveCount(0)

  await page.goto(`/admin/audit?target=account:${email}`)
  for (const action of ['invite', 'password', 'two-factor-on', 'disable', 'delete'])
    await expect(page.getByTestId('audit').getByText(`accounts.${action}`, { exact: true })).toBeVisible()
})

test('changes a password when the current one is given, and ends the other sessions', async ({
  page,
  database,
  playwright,
  baseURL,
}) => {
  const account = await createAccount(database, 'viewer')
  const other = await playwright.request.newContext({ baseURL: baseURL ?? '' })
  await signIn(other, account)
  await signIn(page.request, account)
  await page.goto('/admin/account')
  await expect(page.getByTestId('sessions').getByRole('row')).toHaveCount(3)
  await page.getByLabel('Current password').fill('not this one')
  await page.getByLabel('New password').fill(chosen)
  await page.getByLabel('Once more').fill(chosen)
  await page.getByRole('button', { name: 'Change the password' }).click()
  await expect(page.getByText('The current password is wrong.')).toBeVisible()
  await page.getByLabel('Current password').fill(account.password)
  await page.getByLabel('New password').fill(chosen)
  await page.getByLabel('Once more').fill(chosen)
  await page.getByRole('button', { name: 'Change the password' }).click()
  await expect(page.getByText('Your password is changed.')).toBeVisible()
  await expect(page.getByTestId('sessions').getByRole('row')).toHaveCount(2)
  expect((await other.get('/api/admin/bulk-edits')).status()).toBe(401)
  await other.dispose()
})

test('exports the audit log as a file that no spreadsheet runs, and logs the export', async ({ page, database }) => {
  const evil = `=HYPERLINK("https://evil.example/${randomUUID()}")`
  await database.sql("INSERT INTO audit_log (actor, via, action) VALUES ($1, 'session', 'session.refuse')", [evil])
  await signIn(page.request)
  await page.goto('/admin/audit?action=session.refuse')
  const asked = await page.getByRole('link', { name: 'Download what matches' }).getAttribute('href')
  const file = await page.request.get(asked ?? '')
  expect(file.headers()['content-disposition']).toBe('attachment; filename="audit-log.csv"')
  const lines = (await file.text()).split('\r\n')
  expect(lines[0]).toBe('at,actor,via,action,target,reason,detail,correlation_id,id')
  expect(lines.filter((line) => line.includes(`"'${evil.replaceAll('"', '""')}",session,session.refuse`))).toHaveLength(
    1,
  )
  await page.goto('/admin/audit?action=data.export')
  const entry = page.getByTestId('audit').getByRole('row').filter({ hasText: 'file:exportAuditLog' }).first()
  await expect(entry).toContainText(ADMIN.email)
  await entry.getByText('Details').click()
  await expect(entry).toContainText('session.refuse')
})
