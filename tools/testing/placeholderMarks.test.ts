import { expect, it } from 'vitest'
import { Placeholders } from '#lib/coherence/template/placeholders.ts'
import { placeholderIn, refusePlaceholder } from './placeholderMarks.mjs'

const leaf = { kind: 'price', value: () => undefined }
const leaves = { version: { ...leaf, numeric: true }, amount: leaf } as const

it('finds each placeholder that the server makes, for any build and secret', () => {
  for (const build of ['a', 'b', 'c', 'd', 'e']) {
    const placeholders = new Placeholders({ secret: `secret of ${build}`, leaves }, build)
    for (const id of [1, 42, 99_999]) {
      const number = placeholders.number('version', id)
      const texts = [
        placeholders.text('amount', [id], 'en'),
        placeholders.text('amount', [id, 7]),
        `{"version":${number}}`,
        `price:${id}@${number}`,
        (number / 100).toFixed(2),
      ]
      expect(texts.filter((text) => !placeholderIn(`<p>${text}</p>`)?.includes(text.slice(0, 15)))).toEqual([])
    }
  }
})

it('finds none in prices, times, hashes, sums and digits of a page', () => {
  const texts = [
    '8,999,999.99',
    '1795875600000',
    '"price:42@8000000"',
    '/_next/static/chunks/8a00000123451.js',
    'M8 0 0 0 0 0 0 1 1',
    '80000000000000000',
    'process_cpu_user_seconds_total 3.8116000000000017',
    '~s12.',
  ]
  expect(texts.filter((text) => placeholderIn(text) !== undefined)).toEqual([])
})

it('names the address and the words around a placeholder', () => {
  expect(() => refusePlaceholder('<b>~s0123456789abcdef.amount.1.en~</b>', '/en')).toThrow(
    'in the answer of /en: <b>~s0123456789abcdef.amount.1.en~',
  )
})
