import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { expect, test } from 'vitest'
import { withSecrets } from './envFile.mjs'

const root = path.resolve(import.meta.dirname, '../..')

test('every variable that the environment knows is documented in .env.example, and no other', () => {
  const source = readFileSync(path.join(root, 'lib/platform/env.ts'), 'utf8')
  const schema = /^const schema = z\.object\(\{$(.*?)^\}\)$/ms.exec(source)?.[1] ?? ''
  const known = [...schema.matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)].map((match) => match[1])
  const example = readFileSync(path.join(root, '.env.example'), 'utf8')
  const documented = [...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1])
  expect(known.length).toBeGreaterThan(10)
  expect(documented.toSorted()).toEqual(known.toSorted())
})

test('a new .env holds the four secrets, long enough, and different each time', () => {
  const first = parseEnv(withSecrets(undefined))
  const second = parseEnv(withSecrets(undefined))
  expect(Object.keys(first).toSorted()).toEqual(['ADMIN_PASSWORD', 'AUTH_SECRET', 'EDGE_SECRET', 'INTERNAL_SECRET'])
  expect(first['AUTH_SECRET']?.length).toBeGreaterThanOrEqual(32)
  expect(first['ADMIN_PASSWORD']?.length).toBeGreaterThanOrEqual(12)
  expect(first).not.toEqual(second)
})

test('a value that is there is never overwritten, and the rest of the file stays as it was', () => {
  const mine = '# mine\nADMIN_PASSWORD="my own password"\nPORT=4000'
  const result = withSecrets(mine)
  expect(result.startsWith(`${mine}\n`)).toBe(true)
  expect(parseEnv(result)).toMatchObject({ ADMIN_PASSWORD: 'my own password', PORT: '4000' })
  expect(withSecrets(result)).toBe(result)
})

test('an empty secret is filled where it stands, and a commented one is not taken for a value', () => {
  const values = parseEnv(withSecrets('AUTH_SECRET=\n# INTERNAL_SECRET=old\nADMIN_PASSWORD=""\n'))
  for (const name of ['AUTH_SECRET', 'INTERNAL_SECRET', 'ADMIN_PASSWORD'])
    expect(values[name]?.length).toBeGreaterThan(11)
})
