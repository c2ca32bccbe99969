import { expect, test } from 'vitest'
import type { Reading } from '../coherence/readings.ts'
import { differencesOf } from './pages.ts'

const right = { productId: 7, version: 3, amountCents: 1_290 }
const prices = new Map([[7, right]])
const reading = (more: Partial<Reading>): Reading => ({ shown: [right], torn: [], places: {}, ...more })

test.each<[string, Partial<Reading>, string[]]>([
  ['what Postgres has', {}, []],
  ['no price', { shown: [] }, ['shows no price']],
  [
    'an older version',
    { shown: [{ ...right, version: 2 }] },
    ['shows product 7 at version 2 for 1290 cents; Postgres has version 3 for 1290'],
  ],
  [
    'another amount',
    { shown: [{ ...right, amountCents: 1 }] },
    ['shows product 7 at version 3 for 1 cents; Postgres has version 3 for 1290'],
  ],
  [
    'the right price, and another one as its text',
    { torn: ['product 7: text says 12,80 €'] },
    ['contradicts itself: product 7: text says 12,80 €'],
  ],
])('of a page with %s each difference is named', (_what, more, differences) => {
  expect(differencesOf(reading(more), prices)).toEqual(differences)
})
