import { expect, test } from 'vitest'
import { OneRowEach } from './oneRowEach.ts'

/** The lines that are taken, and those that are refused with their message. Each row is a product and what it says. */
function read(rows: readonly (readonly [productId: number, says: string])[]) {
  const refused: string[] = []
  const each = new OneRowEach<{ line: number; says: string }>({
    same: (a, b) => a.says === b.says,
    refuse: ({ line }, message) => refused.push(`${line}: ${message}`),
  })
  for (const [i, [productId, says]] of rows.entries()) each.add(productId, { line: i + 2, says })
  return { taken: each.rows().map(({ line }) => line), refused }
}

const about = (line: number) =>
  `Line ${line} says something else about this SKU. Neither is taken: leave one of them in the file.`

test('a product that rows say the same about is taken once', () => {
  expect(
    read([
      [1, 'a'],
      [2, 'b'],
      [1, 'a'],
    ]),
  ).toEqual({ taken: [2, 3], refused: [] })
})

test('of rows that disagree about a product none is taken, and each names one that says something else', () => {
  expect(
    read([
      [1, 'a'],
      [2, 'b'],
      [1, 'c'],
      [1, 'a'],
      [1, 'd'],
    ]),
  ).toEqual({ taken: [3], refused: [`2: ${about(4)}`, `4: ${about(2)}`, `5: ${about(4)}`, `6: ${about(2)}`] })
})
