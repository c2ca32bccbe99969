/** People who may sign in, and signing them in. */
import { randomUUID } from 'node:crypto'
import { type APIRequestContext, expect, type Page } from '@playwright/test'
import { hashPassword } from 'better-auth/crypto'
import type { Database } from './database.ts'
import { environment } from './environment.ts'

export interface Account {
  readonly email: string
  readonly password: string
}

export const ADMIN: Account = { email: environment.ADMIN_EMAIL, password: environment.ADMIN_PASSWORD }

/** An account of its own for a test. */
export async function createAccount(database: Database, role: 'viewer' | 'editor' | 'admin'): Promise<Account> {
  const id = randomUUID()
  const account = { email: `${role}-${id.slice(0, 8)}@evergreen.example`, password: `password of ${role}` }
  await database.sql('INSERT INTO users (id, name, email, email_verified, role) VALUES ($1, $2, $3, true, $4::role)', [
    id,
    role,
    account.email,
    role,
  ])
  await database.sql(
    "INSERT INTO accounts (id, account_id, provider_id, user_id, password) VALUES ($1, $2, 'credential', $2, $3)",
    [randomUUID(), id, await hashPassword(account.password)],
  )
  return account
}

/** Signs in without the page. The cookie goes to the owner of the context: for a page, hand in `page.request`. */
export async function signIn(request: APIRequestContext, { email, password }: Account = ADMIN): Promise<void> {
  const headers = { origin: new URL(environment.BASE_URL).origin } // asked for where a session's cookie is there already
  const response = await request.post('/api/auth/sign-in/email', { data: { email, password }, headers })
  expect(response.status(), `sign-in of ${email}`).toBe(200)
}

/** Signs in as a person does. */
export async function signInOnPage(page: Page, { email, password }: Account): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}
