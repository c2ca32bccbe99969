/** The short form of `npm run simulate`, in a process whose time it takes over. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { root } from '../../tools/run/environment.ts'
import { BUG_NAMES } from './bugs.ts'

const run = promisify(execFile)
const LONGEST_MS = 120_000

async function simulate(...options: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, ['tools/simulate.ts', ...options], { cwd: root }).catch(
    (error: unknown) =>
      error instanceof Error && 'stdout' in error ? { stdout: String(error.stdout) } : Promise.reject(error),
  )
  return stdout
}

test('finds nothing in histories of the kernel as it is', { timeout: LONGEST_MS }, async () => {
  expect(await simulate('--histories', '30')).toMatch(/^30 histories, .*; 0 histories with a violation\n$/)
})

test(
  'finds each known fault that is put back, as what it is, and nothing in the same history without it',
  { timeout: LONGEST_MS },
  async () => {
    const lines = (await simulate('--bug', 'all', '--known')).trim().split('\n')
    expect(lines.map((line) => line.replace(/ in history.*/, ''))).toEqual(BUG_NAMES.map((name) => `${name}: found`))
  },
)

test('plays a history again from its seed', { timeout: LONGEST_MS }, async () => {
  const one = () => simulate('--seed', '9', '--histories', '1', '--trace')
  const withoutSpeed = (text: string) => text.replace(/, \d+ a minute/, '')
  expect(withoutSpeed(await one())).toBe(withoutSpeed(await one()))
})
