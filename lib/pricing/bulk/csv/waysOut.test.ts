/** Each refusal of a row or a file says what to do. Without a catalog. */
import { describe, expect, test } from 'vitest'
import { arriving } from '../../testing/csvFiles.ts'
import { said } from '../../testing/said.ts'
import { unknownSku } from '../../skus/unknownSku.ts'
import type { ImportAnswers } from './questions.ts'
import { spool } from './spool.ts'

/** An order to the reader, at the beginning of a sentence or behind a comma. */
const WAY_OUT =
  /(?:^|[.:,?] (?:or )?)(?:Check|Choose|Correct|Double|Export|format|Leave|leave|Name|Open|Put|Save|Send|Take|To take|Unpack|Write|write|take|send)\b/

describe('a row that is refused says what to do', () => {
  test.each([
    '-5.00',
    '(5.00)',
    '0',
    'free',
    'n/a',
    '-',
    '1E+05',
    '1000000',
    '12.345',
    '10%',
    '#N/A',
    '=B2*2',
    '12. Mai',
    '12\0',
    '12\ufffd',
  ])('(a price %j)', async (cell) => {
    for (const column of ['price', 'compare_at', 'cost'] as const) {
      const [refused, ...more] = await said(`sku,${column},name\nA,${cell},x\n`, {
        column: [`${column}=${column}`],
        numbers: 'point',
      })
      if (column !== 'price' && cell === '0') continue
      expect(more).toEqual([])
      expect(refused).toMatch(/^line 2: /)
      expect(refused).toMatch(WAY_OUT)
    }
  })

  test.each([
    ['sku,price\nA,12.00,x,y\n', {}],
    ['sku,price,currency\nA,12.00,XYZ1\n', {}],
    ['sku,price,currency\nA,12.00 USD,EUR\n', { numbers: 'point' }],
    ['sku,price,version\nA,12.00,x\n', {}],
    ['sku,price,cost,cost_version\nA,12.00,5.00,x\n', {}],
    ['sku,price,name\nA,12.00,"x"y\n', {}],
    ['sku,price,name\nA,12.00,x"y\n', {}],
    ['sku,price,name\nA,12.00,"x\n', {}],
    ['sku,price,compare_at\nA,1,299.00\nB,12.00,13.00\n', {}],
    ['sku,price,sale_price\nA,12.00,13.00\n', { column: ['sale_price=sale_price'] }],
    ['sku,price,sale_price,special_to_date\nA,12.00,9.00,soon\n', { sales: 'plan' }],
    ['sku,price,sale_price,sale_price_effective_date\nA,12.00,9.00,soon\n', { sales: 'plan' }],
    ['sku,price,sale_price,special_from_date,special_to_date\nA,12.00,9.00,2031-02-01,2031-01-01\n', { sales: 'plan' }],
  ] satisfies [string, Partial<ImportAnswers>][])('(%j)', async (text, answers) => {
    const [refused] = await said(text, answers)
    expect(refused).toMatch(/^line 2: /)
    expect(refused).toMatch(WAY_OUT)
  })

  test.each([
    ['NO-SUCH', undefined],
    ['no-such', 'NO-SUCH'],
    ['', undefined],
    [' A', undefined],
    ['A\0', undefined],
    ['1E+05', undefined],
    ['#N/A', undefined],
  ])('(a SKU %j)', (sku, near) => {
    expect(unknownSku(sku, near)).toMatch(WAY_OUT)
  })
})

describe('a file that is refused says what to do', () => {
  test.each<[string | Uint8Array, Partial<ImportAnswers>]>([
    ['', {}],
    ['sku,price\n', {}],
    ['sku\nA\n', {}],
    ['A,1.00\nB,2.00\n', {}],
    ['sku,name\nA,x\n', {}],
    ['sku,pri\0ce\nA,1\n', {}],
    ['sku,price\nA,1\n', { column: ['price=VK'] }],
    ['sku,VK,VK\nA,1,2\n', { column: ['price=VK'] }],
    ['sku,price\nA,1\n', { column: ['weight=price'] }],
    ['sku,price\nA,1\n', { column: ['price=price', 'cost=price'] }],
    ['sku,price,cost\nA,12.00,5.00\nsku,cost,price\nB,6.00,13.00\n', {}],
    ['sku,price,compare_at\nA,12,90\nB,120,50\nC,99,00\n', {}],
    ['sep=^\nsku^price\nA^1.00\n', {}],
    ['<html>', {}],
    [Buffer.from('%PDF-1.7'), {}],
    [Buffer.from([0x50, 0x4b, 3, 4, 0]), {}],
  ])('(%j)', async (text, answers) => {
    const error: unknown = await said(text, answers).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'CsvRefusedError', message: expect.stringMatching(WAY_OUT) })
  })

  test('(too large)', async () => {
    await expect(spool(arriving('sku,price\n'), 5)).rejects.toThrow(WAY_OUT)
  })
})
