import { expect, test } from 'vitest'
import { artPath } from '#lib/catalog/art/index.ts'
import { readPng, difference } from '../../e2e/support/png.ts'
import { pictureOf } from './drawnPictures.tsx'

const since = '2026-01-02T03:04:05.000Z'
const product = (id: number, amountMinor: number, reducedFromMinor: number | null = null) => ({
  id,
  name: 'Nelle Beech Side Chair, Indigo',
  brand: 'Moorhaus',
  image: artPath({ form: 'dining-chair', colour: 'indigo', variant: 3 }),
  version: 1,
  price: {
    amountMinor,
    reducedFromMinor,
    reducedFrom: reducedFromMinor === null ? null : ('lowest-of-30-days' as const),
    currency: 'EUR',
    since,
  },
})

async function drawn(id: number, amountMinor: number, reducedFromMinor?: number) {
  const bytes = await pictureOf(product(id, amountMinor, reducedFromMinor), 1)
  if (!bytes) throw new Error('not drawn')
  return readPng(bytes)
}

test('a picture shows the amount, and what it was before: another amount is another picture, the same one is the same', async () => {
  const [one, same, other, reduced] = [
    await drawn(1, 8_399),
    await drawn(2, 8_399),
    await drawn(3, 8_499),
    await drawn(4, 8_399, 9_999),
  ]
  expect([one.width, one.height]).toEqual([1200, 630])
  expect(difference(one, same)).toBe(0)
  expect(difference(one, other)).toBeGreaterThan(0)
  expect(difference(one, reduced)).toBeGreaterThan(difference(one, other))
}, 60_000)

test('who comes when too many wait is told so, and nobody who waits is forgotten', async () => {
  const asked = Array.from({ length: 25 }, (_zero, i) => pictureOf(product(100 + i, 1_000 + i), 1))
  const answers = await Promise.all(asked)
  expect(answers.filter((answer) => answer === undefined)).toHaveLength(5)
  expect(await pictureOf(product(124, 1_024), 1)).toBeDefined()
}, 60_000)
