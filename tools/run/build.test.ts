import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildInputs } from './build.ts'

let folder: string

function write(file: string, content: string): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
  writeFileSync(path.join(folder, file), content)
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'build-'))
  write('app/page.tsx', 'export {}')
  write('package-lock.json', '{}')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test.each([
  'app/page.tsx',
  'app/new/page.tsx',
  'lib/a.ts',
  'app/a.module.css',
  'package-lock.json',
  'next.config.js',
  'a-new-folder/a.ts',
])('a change of %s makes a build due', (file) => {
  const before = buildInputs(folder, [])
  write(file, 'changed')
  expect(buildInputs(folder, [])).not.toBe(before)
})

test.each([
  'docs/a.md',
  'e2e/a.spec.ts',
  'lib/a.test.ts',
  'workers/a.ts',
  '.data/logs/web.log',
  '.next/a.js',
  'node_modules/a/a.js',
  'README.md',
  '.env',
])('a change of %s does not', (file) => {
  const before = buildInputs(folder, [])
  write(file, 'changed')
  expect(buildInputs(folder, [])).toBe(before)
})

test('another catalog makes a build due: its pages hold prices of the old one', () => {
  expect(buildInputs(folder, ['7411/16384'])).not.toBe(buildInputs(folder, ['7411/16385']))
})

test('the same files give the same hash, and a moved one another', () => {
  const before = buildInputs(folder, [])
  expect(buildInputs(folder, [])).toBe(before)
  rmSync(path.join(folder, 'app/page.tsx'))
  write('app/other.tsx', 'export {}')
  expect(buildInputs(folder, [])).not.toBe(before)
})
