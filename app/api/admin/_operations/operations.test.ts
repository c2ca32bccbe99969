import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { openApiDocument } from './document.ts'
import { OPERATIONS } from './index.ts'
import { takesBody } from './operation.ts'

const ROOT = path.resolve(import.meta.dirname, '..')
const METHOD = /^export (?:const|async function|function) (GET|POST|PUT|PATCH|DELETE)\b/gm
/** The document describes the others. */
const SELF = 'GET /api/admin/openapi.json'

/** `GET /api/admin/tokens/{id}` for each method that a route file exports. */
function routes(): string[] {
  const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter(
    (name) => path.basename(name) === 'route.ts',
  )
  return files.flatMap((name) => {
    const address = `/api/admin/${path.dirname(name)}`.replaceAll(/\[(\w+)\]/g, '{$1}')
    return [...readFileSync(path.join(ROOT, name), 'utf8').matchAll(METHOD)].map(([, method]) => `${method} ${address}`)
  })
}

test('every route is documented, and everything documented has a route', () => {
  const documented = OPERATIONS.map(({ method, path }) => `${method} ${path}`)
  expect([...documented, SELF].toSorted()).toEqual(routes().toSorted())
})

test('the document is OpenAPI 3.1', async () => {
  const result = await new Validator().validate(openApiDocument(OPERATIONS))
  expect(result.errors).toBeUndefined()
  expect(result.valid).toBe(true)
})

test('every operation has an id of its own, names the permission it asks for, and says what failing means', () => {
  expect(new Set(OPERATIONS.map(({ id }) => id)).size).toBe(OPERATIONS.length)
  const text = JSON.stringify(openApiDocument(OPERATIONS))
  for (const { permission } of OPERATIONS) expect(text).toContain(`\`${permission}\``)
  expect(text).not.toContain('"schema":{}')
})

test('every body that changes prices has an example, and each operation takes its example', () => {
  const taking = OPERATIONS.filter(takesBody)
  const withExample = taking.filter(({ example }) => example !== undefined)
  expect(withExample.flatMap(({ id, body, example }) => (body.safeParse(example).success ? [] : [id]))).toEqual([])
  const changing = taking.filter(({ tag }) => ['prices', 'bulk edits', 'schedules', 'csv'].includes(tag))
  expect(changing.filter(({ example }) => example === undefined).map(({ id }) => id)).toEqual([])
})

test('what changes something asks for more than reading', () => {
  const reading = OPERATIONS.filter(({ permission }) => permission.endsWith(':read'))
  expect(reading.filter(({ method, id }) => method !== 'GET' && !id.startsWith('search')).map(({ id }) => id)).toEqual(
    [],
  )
})
