import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Column } from './growable.ts'
import { RowOrder } from './rowOrder.ts'

it('has all rows in the order of their keys, and of rows where keys are equal, however many are added at once', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 40 }), { maxLength: 12 }), (parts) => {
      const keys = new Column((length) => new Int32Array(length))
      const order = new RowOrder(keys)
      let length = 0
      for (const part of parts) {
        for (const key of part) keys.set(length++, key)
        const all = Array.from({ length }, (_, row) => row)
        const expected = all.toSorted((a, b) => (keys.values[a] ?? 0) - (keys.values[b] ?? 0) || a - b)
        expect([...order.rows(length).subarray(0, length)]).toEqual(expected)
      }
    }),
    { numRuns: 200 },
  )
})
