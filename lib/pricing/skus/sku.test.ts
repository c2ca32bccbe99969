import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readSku, readSkuList } from './sku.ts'

describe('a SKU', () => {
  test.each(['AB-344', 'ab-344', 'AB 344', 'AB\u200b344', 'Ä-1', '=EG(1)', "'-7", '\u{1f600}', '日本-1'])(
    '%j is taken as it stands',
    (text) => {
      expect(readSku(text)).toEqual({ ok: true, sku: text })
    },
  )

  test.each([
    ['AB-344 ', 'ends with a blank'],
    [' AB-344', 'begins with a blank'],
    ['AB-344\u00a0', 'ends with a no-break space'],
    ['\tAB-344', 'begins with a tab or a line break'],
    ['AB-344\u3000', 'ends with the blank U+3000'],
    ['AB-344\u200b', 'ends with the invisible character U+200B'],
    ['\ufeffAB-344', 'begins with the invisible character U+FEFF'],
    ['AB-344\u00ad', 'ends with the invisible character U+00AD'],
    ['AB-344\u2060 ', 'ends with a blank'],
    ['AB-344\u{e0020}', 'ends with the invisible character U+E0020'],
  ])('%j is refused, and the message says what cannot be seen and what to write', (text, edge) => {
    expect(readSku(text)).toEqual({
      ok: false,
      message: expect.stringContaining(`${edge}, and no SKU does. Write AB-344 if that is meant.`),
    })
  })

  test.each(['', ' ', '\u00a0\u200b\ufeff'])('%j is none', (text) => {
    expect(readSku(text)).toEqual({ ok: false, message: 'The SKU is missing. Write it, or leave the row out.' })
  })

  test('is never read as another text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const read = readSku(text)
        expect(!read.ok || read.sku === text).toBe(true)
      }),
    )
  })
})

test('a list names each SKU once and says what is wrong with the others', () => {
  expect(readSkuList('A 1, A-2;A-3\r\nA-2\n\n \nA-4 \n')).toEqual({
    skus: ['A 1', 'A-2', 'A-3'],
    problems: [expect.stringContaining('Write A-4')],
  })
  expect(readSkuList('\u00a0')).toEqual({ skus: [], problems: [] })
})
