import { expect } from 'vitest'
import type { Receipt } from '../dashboard/receipt.ts'

/** Expects each layer of a shop with one web instance, in the order in which they showed the edit. @returns when they did, in milliseconds since 1970 */
export function expectEachLayer(receipt: Receipt | undefined, webUrl: string | undefined): readonly number[] {
  expect(receipt?.layers.map(({ layer, place }) => [layer, place])).toEqual([
    ['postgres', null],
    ['index', null],
    ['redis', null],
    ['instance', webUrl],
    ['page', null],
  ])
  const times = receipt?.layers.map(({ seenAt }) => seenAt?.getTime() ?? 0) ?? []
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  return times
}
