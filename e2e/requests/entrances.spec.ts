/** Checks permissions: the table of entrances against the tree, and each line of it against the running shop. */
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { APIRequestContext } from '@playwright/test'
import { z } from 'zod'
import { PEOPLE_ONLY, permissionsOf, type Role } from '#lib/access/permissions.ts'
import { ACTIONS, OWN_ROUTES, PAGES, ROUTES, type Who } from '../../app/_access/entrances.ts'
import { createAccount, signIn, type Account } from '../support/accounts.ts'
import { createToken } from '../support/api.ts'
import type { Database } from '../support/database.ts'
import { environment } from '../support/environment.ts'
import { expect, test } from '../support/test.ts'

const APP = path.resolve(import.meta.dirname, '../../app')
const BUILD = path.resolve(import.meta.dirname, '../..', process.env['NEXT_DIST_DIR'] ?? '.next')
const METHODS = /\b(GET|POST|PUT|PATCH|DELETE)\b/g
const ours = { origin: environment.BASE_URL }
const FROM_ANOTHER_SITE: readonly Record<string, string>[] = [
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { 'sec-fetch-site': 'cross-site' },
]
const ROLES: readonly Role[] = ['viewer', 'editor', 'admin']

/** `/{locale}/products/{slug}` of the folder of a page or a route; a folder in parentheses has no place in an address. */
function addressOf(file: string): string {
  const parts = path
    .dirname(file)
    .split(path.sep)
    .filter((part) => part !== '.' && !/^\(.*\)$/.test(part))
    .map((part) => part.replace(/^\[\.\.\.(\w+)\]$/, '{$1*}').replace(/^\[(\w+)\]$/, '{$1}'))
  return `/${parts.join('/')}`
}

const files = (name: RegExp) =>
  readdirSync(APP, { recursive: true, encoding: 'utf8' }).filter((file) => name.test(path.basename(file)))

function routesOfTree(): string[] {
  return files(/^route\.tsx?$/).flatMap((file) => {
    const exported = readFileSync(path.join(APP, file), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('export '))
      .map((line) => line.split(/[=(]/, 1)[0] ?? '')
    return [...exported.join('\n').matchAll(METHODS)].map(([method]) => `${method} ${addressOf(file)}`)
  })
}

const manifest = z.object({
  node: z.record(
    z.string(),
    z.object({ filename: z.string(), exportedName: z.string(), workers: z.record(z.string(), z.unknown()) }),
  ),
})

/** Server actions of the build: id and a page where each lives. Cached functions stand there too. */
function actionsOfBuild(): { readonly id: string; readonly name: string; readonly page: string }[] {
  const text = readFileSync(path.join(BUILD, 'server/server-reference-manifest.json'), 'utf8')
  return Object.entries(manifest.parse(JSON.parse(text)).node).flatMap(([id, { filename, exportedName, workers }]) => {
    const page = addressOf(Object.keys(workers)[0]?.replace(/^app\//, '') ?? '')
    return exportedName.startsWith('$$RSC_SERVER_CACHE') ? [] : [{ id, name: `${filename}#${exportedName}`, page }]
  })
}

test('each route, page and action of the tree stands in the table, and nothing else does', () => {
  expect(
    Object.keys(ROUTES)
      .filter((route) => !OWN_ROUTES.has(route))
      .toSorted(),
  ).toEqual(routesOfTree().toSorted())
  expect(Object.keys(PAGES).toSorted()).toEqual(
    files(/^page\.tsx$/)
      .map(addressOf)
      .toSorted(),
  )
  const actions = actionsOfBuild().map(({ name }) => name)
  expect(Object.keys(ACTIONS).toSorted()).toEqual(actions.toSorted())
})

/** Values that name nothing. */
const FILLED: Readonly<Record<string, string>> = {
  locale: 'en',
  page: '2',
  generation: '0',
  number: 'EG-0',
}

function fill(address: string): string {
  return address.replaceAll(/\{(\w+)\*?\}/g, (_all, name: string) => FILLED[name] ?? '0')
}

interface Asked {
  readonly status: number
  readonly body: string
}

/** Reads the head of an answer, and no more of a stream. */
async function ask(
  method: string,
  address: string,
  headers: Record<string, string> = {},
  body?: FormData,
): Promise<Asked> {
  const abort = new AbortController()
  const response = await fetch(environment.BASE_URL + address, {
    method,
    headers,
    redirect: 'manual',
    signal: AbortSignal.any([abort.signal, AbortSignal.timeout(20_000)]),
    ...(body && { body }),
  })
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
  const text = isStream ? '' : await response.text()
  abort.abort()
  return { status: response.status, body: text }
}

interface Visitors {
  readonly cookies: Readonly<Record<Role, string>>
  readonly strangers: Readonly<Record<string, Record<string, string>>>
  readonly tokens: Readonly<Record<Role, string>>
}

let visitors: Visitors

async function cookieOf(newContext: () => Promise<APIRequestContext>, account: Account) {
  const context = await newContext()
  await signIn(context, account)
  const { cookies } = await context.storageState()
  await context.dispose()
  return cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
}

async function expired(database: Database, cookie: string, account: Account): Promise<string> {
  await database.sql(
    "UPDATE sessions SET expires_at = now() - interval '1 second' WHERE user_id = (SELECT id FROM users WHERE email = $1)",
    [account.email],
  )
  return cookie
}

test.beforeAll(async ({ playwright, database }) => {
  const newContext = () => playwright.request.newContext({ baseURL: environment.BASE_URL })
  const [viewer, editor, admin, gone] = [
    await createAccount(database, 'viewer'),
    await createAccount(database, 'editor'),
    await createAccount(database, 'admin'),
    await createAccount(database, 'admin'),
  ]
  const cookies = {
    viewer: await cookieOf(newContext, viewer),
    editor: await cookieOf(newContext, editor),
    admin: await cookieOf(newContext, admin),
  }
  const context = await newContext()
  const made = { viewer: '', editor: '', admin: '' }
  for (const role of ROLES) made[role] = (await createToken(context, role)).token
  const old = await createToken(context, 'admin')
  await database.sql("UPDATE api_tokens SET expires_at = now() - interval '1 second' WHERE id = $1::uuid", [old.id])
  await context.dispose()
  visitors = {
    cookies,
    tokens: made,
    strangers: {
      'without a session': {},
      'with a forged session': {
        cookie: cookies.admin.replace(/session_token=[^.;]+/, `session_token=${randomUUID()}`),
      },
      'with an expired session': { cookie: await expired(database, await cookieOf(newContext, gone), gone) },
      'with a forged token': { authorization: `Bearer ${old.token.slice(0, -4)}AAAA` },
      'with an expired token': { authorization: `Bearer ${old.token}` },
      'with a forged token and a session': { cookie: cookies.admin, authorization: 'Bearer forged' },
    },
  }
})

const isPermission = (who: Who) => who !== 'anyone' && who !== 'internal' && who !== 'session'
const isAuthorized = (role: Role, who: Who) =>
  who === 'anyone' || who === 'session' || permissionsOf(role).some((p) => p === who)
const isForPeopleOnly = (who: Who) => [...PEOPLE_ONLY].some((permission) => permission === who)
const isBoard = (address: string) => address.startsWith('/admin/queues')

test('each route admits the roles of the table, and refuses all others', async () => {
  test.slow()
  for (const [route, who] of Object.entries(ROUTES)) {
    const [method = '', pattern = ''] = route.split(' ')
    const address = fill(pattern)
    if (who === 'internal') {
      const strangers: Record<string, string>[] = [
        {},
        { 'x-internal-secret': 'forged' },
        { cookie: visitors.cookies.admin },
      ]
      for (const headers of strangers) expect.soft((await ask(method, address, headers)).status, route).toBe(403)
      continue
    }
    if (!isPermission(who)) {
      expect.soft([401, 403], route).not.toContain((await ask(method, address, ours)).status)
      continue
    }
    for (const [stranger, headers] of Object.entries(visitors.strangers))
      expect.soft((await ask(method, address, { ...ours, ...headers })).status, `${route} ${stranger}`).toBe(401)
    for (const role of ROLES) {
      // The board of the queues refuses all else, to an administrator too.
      if (isBoard(address) && method === 'PUT' && isAuthorized(role, who)) continue
      const credentials: Record<string, string>[] = [
        { cookie: visitors.cookies[role] },
        { authorization: `Bearer ${visitors.tokens[role]}` },
      ]
      for (const [i, headers] of credentials.entries()) {
        const { status } = await ask(method, address, { ...ours, ...headers })
        const what = `${route} as ${role} by ${i === 0 ? 'session' : 'token'}`
        if (isAuthorized(role, who) && !(i === 1 && isForPeopleOnly(who)))
          expect.soft([401, 403, 500], `${what}: ${status}`).not.toContain(status)
        else expect.soft(status, what).toBe(403)
      }
    }
    if (method === 'GET') continue
    const cookie = visitors.cookies.admin
    for (const headers of FROM_ANOTHER_SITE)
      expect.soft((await ask(method, address, { cookie, ...headers })).status, `${route} from another site`).toBe(403)
    // A header or a parameter that names another method changes nothing.
    for (const name of ['x-http-method-override', 'x-method-override', 'x-http-method']) {
      const status = (await ask('GET', `${address}?_method=${method}`, { cookie, [name]: method })).status
      expect
        .soft(status, `${route} by ${name}`)
        .toBe((await ask('GET', `${address}?_method=${method}`, { cookie })).status)
    }
  }
})

const LED_TO_SIGN_IN = /\/admin\/sign-in\?next=/
const REFUSED_PAGE =
  /needs the role|Only administrators|Not for your role|There is no such order|HTTP_ERROR_FALLBACK;404/i

test('each page of the office opens for the roles of the table, and leads others to the sign-in', async () => {
  test.slow()
  for (const [pattern, who] of Object.entries(PAGES)) {
    const address = fill(pattern)
    if (who === 'anyone') {
      expect.soft([401, 403, 500], address).not.toContain((await ask('GET', address)).status)
      continue
    }
    for (const [stranger, headers] of Object.entries(visitors.strangers)) {
      if ('authorization' in headers) continue // pages know sessions only
      const { status, body } = await ask('GET', address, headers)
      expect.soft(status === 307 || LED_TO_SIGN_IN.test(body), `${address} ${stranger}: ${status}`).toBe(true)
    }
    for (const role of ROLES) {
      const { body } = await ask('GET', address, { cookie: visitors.cookies[role] })
      expect.soft(LED_TO_SIGN_IN.test(body), `${address} as ${role}`).toBe(false)
      if (!isAuthorized(role, who)) expect.soft(body, `${address} as ${role}`).toMatch(REFUSED_PAGE)
    }
  }
})

const NOT_ADMITTED = /Your session has ended|signed-out|Sign in first|The role .{1,40} does not include/

test('each server action runs for the roles of the table, from pages of ours only', async () => {
  test.slow()
  for (const { id, name, page } of actionsOfBuild()) {
    const who = ACTIONS[name] ?? 'anyone'
    const address = fill(page)
    const call = (headers: Record<string, string>) => {
      const form = new FormData()
      form.append('0', '[{"kind":"idle"},"$K1"]')
      return ask('POST', address, { 'next-action': id, ...headers }, form)
    }
    for (const headers of FROM_ANOTHER_SITE)
      expect
        .soft((await call({ cookie: visitors.cookies.admin, ...headers })).status, `${name} from another site`)
        .toBe(403)
    if (who === 'anyone') continue
    for (const [stranger, headers] of Object.entries(visitors.strangers)) {
      if ('authorization' in headers) continue
      expect.soft((await call({ ...ours, ...headers })).body, `${name} ${stranger}`).toMatch(NOT_ADMITTED)
    }
    for (const role of ROLES) {
      const { status, body } = await call({ ...ours, cookie: visitors.cookies[role] })
      expect.soft(status, `${name} as ${role}`).toBe(200)
      expect.soft(NOT_ADMITTED.test(body), `${name} as ${role}`).toBe(!isAuthorized(role, who))
    }
  }
})

test('a page answers no action that it does not have, and no cached function as one', async () => {
  const text = readFileSync(path.join(BUILD, 'server/server-reference-manifest.json'), 'utf8')
  const all = Object.entries(manifest.parse(JSON.parse(text)).node)
  const cached = all.filter(([, { exportedName }]) => exportedName.startsWith('$$RSC_SERVER_CACHE')).map(([id]) => id)
  expect(cached.length).toBeGreaterThan(0)
  const headers = { ...ours, 'content-type': 'text/plain;charset=UTF-8' }
  for (const id of [...cached, '40'.repeat(21), 'x']) {
    expect.soft((await ask('POST', '/en/checkout', { ...headers, 'next-action': id })).status, id).toBe(404)
    expect.soft((await ask('POST', '/en', { ...headers, 'next-action': id })).status, id).toBe(405)
    const form = new FormData()
    form.set(`$ACTION_ID_${id}`, '')
    expect.soft((await ask('POST', '/en/checkout', ours, form)).status, `${id} in a form`).toBe(404)
  }
})
