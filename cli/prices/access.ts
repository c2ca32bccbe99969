import { existsSync } from 'node:fs'
import path from 'node:path'
import { type Environment, readEnvironment, root } from '../../tools/run/environment.ts'
import type { Access } from './client.ts'
import { RefusedError, UsageError } from './errors.ts'

function addressOf(given: string): string {
  if (!/^https?:$/.test(URL.canParse(given) ? new URL(given).protocol : ''))
    throw new UsageError(`"${given}" is not the address of a shop: write http://localhost:3000`)
  return given.replace(/\/+$/, '')
}

function howToGetOne(url: string, environment: Environment, local: boolean): string {
  const account = environment['ADMIN_EMAIL'] ?? 'admin@evergreen.example'
  const steps = [
    'A token is missing. To make one:',
    `  1. Sign in at ${url}/admin/tokens as an administrator${local ? ` (${account}; the password is ADMIN_PASSWORD in .env, unless it was changed)` : ''}.`,
    '  2. Make a token with the role that the work needs: viewer reads, editor changes within its limits, admin beyond them.',
    '  3. Put it into .env or the shell: EVERGREEN_TOKEN=evg_…',
  ]
  return steps.join('\n')
}

/**
 * The address of the shop, and the token for it.
 * @throws {RefusedError} saying how to make a token when there is none
 */
export function accessOf(
  given: string | undefined,
  environment: Environment = readEnvironment(),
  local = existsSync(path.join(root, '.env')),
): Access {
  const url = addressOf(
    given ??
      environment['EVERGREEN_URL'] ??
      environment['PUBLIC_URL'] ??
      `http://localhost:${environment['PORT'] ?? 3000}`,
  )
  const token = environment['EVERGREEN_TOKEN']
  if (token === undefined) throw new RefusedError(howToGetOne(url, environment, local))
  return { url, token }
}
