import { env } from '#lib/platform/env.ts'
import { upsertAccount } from './accounts.ts'

/**
 * Makes the account of ADMIN_EMAIL an administrator whose password is ADMIN_PASSWORD, until its owner chooses another one. Run again,
 * it changes nothing.
 */
export async function ensureFirstAdmin(): Promise<{ email: string; outcome: 'created' | 'updated' | 'unchanged' }> {
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = env()
  return { email, outcome: await upsertAccount({ email, password, name: 'Administrator', role: 'admin' }) }
}
