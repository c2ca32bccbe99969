import { readFile } from 'node:fs/promises'
import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { ADMIN_ENDPOINTS, adminApi, isOfAdminApi } from './app.ts'

/** The document describes the others. */
const SELF = 'GET /api/admin/openapi.json'

const routes = adminApi.openAPIRegistry.definitions.flatMap((one) => (one.type === 'route' ? [one.route] : []))
const jsonBodies = routes.flatMap(({ operationId, tags, request }) => {
  const body = request?.body?.content['application/json']
  if (!body || !('schema' in body) || !(body.schema instanceof z.ZodType)) return []
  return [{ operationId, tags, schema: body.schema, example: body.example }]
})

async function documentOf(): Promise<string> {
  return (await adminApi.request('/api/admin/openapi.json')).text()
}

test('everything that is answered is documented, with the permission that it asks for', () => {
  const answered = adminApi.routes.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
  const documented = ADMIN_ENDPOINTS.map(({ route }) => route)
  expect([...documented, SELF].toSorted()).toEqual([...new Set(answered)].toSorted())
})

test('the document is OpenAPI 3.1', async () => {
  const result = await new Validator().validate(JSON.parse(await documentOf()))
  expect(result.errors).toBeUndefined()
  expect(result.valid).toBe(true)
})

test('the page about the API lists each endpoint with its permission, and no other', async () => {
  const page = await readFile('docs/operations/api.md', 'utf8')
  const listed = [...page.matchAll(/^\| `([A-Z]+) (\/\S+)` \| `([a-z]+:[a-z]+)` \|/gm)]
  expect(listed.map(([, method, path, permission]) => `${method} /api/admin${path} ${permission}`).toSorted()).toEqual(
    ADMIN_ENDPOINTS.map(({ route, permission }) => `${route} ${permission}`).toSorted(),
  )
})

test('every operation has an id of its own, names the permission it asks for, and says what failing means', async () => {
  expect(new Set(routes.map(({ operationId }) => operationId)).size).toBe(routes.length)
  const text = await documentOf()
  for (const { permission } of ADMIN_ENDPOINTS) expect(text).toContain(`\`${permission}\``)
  expect(text).not.toContain('"schema":{}')
})

test('every body that changes prices has an example, and each operation takes its example', () => {
  const withExample = jsonBodies.filter(({ example }) => example !== undefined)
  expect(withExample.length).toBeGreaterThan(10)
  expect(
    withExample.flatMap(({ operationId, schema, example }) => (schema.safeParse(example).success ? [] : [operationId])),
  ).toEqual([])
  const changing = jsonBodies.filter(({ tags = [] }) =>
    ['prices', 'bulk edits', 'schedules', 'csv'].some((tag) => tags.includes(tag)),
  )
  expect(changing.filter(({ example }) => example === undefined).map(({ operationId }) => operationId)).toEqual([])
})

test('what changes something asks for more than reading', () => {
  const reading = ADMIN_ENDPOINTS.filter(({ permission }) => permission.endsWith(':read')).map(({ route }) => route)
  const searching = routes.filter(({ operationId }) => operationId?.startsWith('search'))
  const harmless = new Set(searching.map(({ method, path }) => `${method.toUpperCase()} ${path}`))
  expect(reading.filter((route) => !route.startsWith('GET ') && !harmless.has(route))).toEqual([])
})

test('knows its addresses, and no others', () => {
  expect(isOfAdminApi('/api/admin/prices?x=1')).toBe(true)
  expect(isOfAdminApi('/api/admin/tokens/0')).toBe(true)
  for (const url of ['/api/admin', '/api/admin/', '/api/admin/prices/', '/api/admin/nothing', '/api/prices', '/en'])
    expect([url, isOfAdminApi(url)]).toEqual([url, false])
})
