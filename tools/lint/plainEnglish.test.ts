import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { refusedWords } from './plainEnglish.ts'

const root = path.resolve(import.meta.dirname, '../..')
/** Texts in English of ours: no lists of words, no other language, and not this rule. */
const TEXTS = /\.(?:ts|tsx|mjs|js|css|md|sql|lua|ya?ml|pml|vcl|example)$|(?:^|\/)en\.json$/
const NOT_OURS = /^(?:prisma\/seed\/|lib\/generated\/|tools\/lint\/plainEnglish)/

test.each([
  ['a comment', '// Whoever asks waits.', false, ['1: Whoever']],
  ['a test title', `test('nobody is asked', () => {})`, false, ['1: nobody']],
  ['the second line of a page', 'A process\nsays that he is alive.', true, ['2: he']],
  ['a word at the end of a sentence', 'It does so wherever.', true, ['1: wherever']],
])('finds the word in %s', (_name, text, quotes, found) => {
  expect(refusedWords(text, quotes)).toEqual(found)
})

test.each([
  ['a part of a word', 'the header, where he_id and "heads" stand', false],
  ['an account of the system', `run(['postgres'], { as: 'nobody' })`, false],
  ['a quotation in a page', 'The seller wrote: “nobody asked”.', true],
])('accepts %s', (_name, text, quotes) => {
  expect(refusedWords(text, quotes)).toEqual([])
})

test('no text of the project has such a word', () => {
  const files = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((file) => TEXTS.test(file) && !NOT_OURS.test(file))
  expect(files.length).toBeGreaterThan(1_000)
  const found = files.flatMap((file) =>
    refusedWords(readFileSync(path.join(root, file), 'utf8'), file.endsWith('.md')).map((word) => `${file}:${word}`),
  )
  expect(found).toEqual([])
})
