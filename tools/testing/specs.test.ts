import path from 'node:path'
import { expect, test } from 'vitest'
import { requireSpecs, wordsOf } from './specs.ts'

const root = path.resolve(import.meta.dirname, '../..')

test('distinguishes names of files from options and their values', () => {
  expect(wordsOf(['cart', '-g', 'counts it', '--workers=1', 'e2e/freshness', '--project', 'chromium'])).toEqual([
    'cart',
    'e2e/freshness',
  ])
})

test('accepts words that name a file, a folder or a line of a file', () => {
  expect(() => requireSpecs(root, ['cart', 'e2e/freshness', 'cart.spec.ts:17', '-g', 'nothing like it'])).not.toThrow()
})

test('refuses a word that names no test and lists what there is', () => {
  expect(() => requireSpecs(root, ['carts'])).toThrow(/No browser test has "carts" in its path/)
  try {
    requireSpecs(root, ['carts'])
  } catch (error) {
    expect(error).toHaveProperty('detail', expect.stringMatching(/^e2e\/store: .*\bcart\b/m))
  }
})
