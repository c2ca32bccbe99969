import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { ensureFirstAdmin } from '#lib/auth/firstAdmin.ts'
import { readLink } from '#lib/auth/invitations.ts'
import { db } from '#lib/platform/db.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { freshDatabase, type TestDatabase } from '#lib/platform/testing/database.ts'

const SCRIPT = path.join(import.meta.dirname, 'accounts.ts')
const email = 'nora@evergreen.example'
let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
  stubEnvironment({ databaseUrl: database.url, redisUrl: 'redis://127.0.0.1:1' })
  await ensureFirstAdmin()
})
afterAll(async () => {
  await db().$disconnect()
  vi.unstubAllEnvs()
  await database.drop()
})

const accounts = async (...args: string[]) =>
  (await promisify(execFile)(process.execPath, [SCRIPT, ...args], { env: process.env })).stdout.trim()
/** @returns what stands on standard error, of a command that fails */
const complaint = (...args: string[]) =>
  accounts(...args).then(
    () => 'it was done',
    (error: unknown) => (error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)),
  )

test('an account is invited, changed and listed; each stands in the log as done in the shell', async () => {
  const invited = await accounts('invite', email, 'editor', 'Nora Quist')
  expect(await readLink(/#([\w-]{43})$/.exec(invited)?.[1] ?? '')).toEqual({ email, name: 'Nora Quist' })
  expect(await accounts('role', email, 'viewer')).toMatch(/^nora@evergreen\.example +viewer +invited/)
  expect(await accounts('disable', email)).toContain('disabled')
  expect((await accounts('list')).split('\n')).toEqual([
    expect.stringMatching(/^admin@evergreen\.example +admin +active +password +0 open$/),
    expect.stringMatching(/^nora@evergreen\.example +viewer +disabled +password +0 open$/),
  ])
  expect(await accounts('delete', email)).toBe('nora@evergreen.example is deleted.')
  expect(await accounts('list')).not.toContain(email)
  const entries = await db().auditEntry.findMany({ orderBy: { id: 'asc' } })
  expect(entries.map(({ action, via }) => `${action} ${via}`)).toEqual([
    'accounts.invite shell',
    'accounts.role shell',
    'accounts.disable shell',
    'accounts.delete shell',
  ])
})

test.each([
  [['disable', 'admin@evergreen.example'], 'This is the last administrator'],
  [['delete', 'admin@evergreen.example'], 'This is the last administrator'],
  [['disable', 'unknown@evergreen.example'], 'There is no such account.'],
  [['role', 'admin@evergreen.example', 'owner'], 'A role is viewer, editor or admin.'],
  [['role', 'admin@evergreen.example'], 'Write: npm run accounts -- role EMAIL ROLE'],
  [['promote', 'x'], 'There is no command "promote".'],
])('%j changes nothing and says why', async (args, why) => {
  const before = await db().user.findMany()
  expect(await complaint(...args)).toContain(why)
  expect(await db().user.findMany()).toEqual(before)
})
