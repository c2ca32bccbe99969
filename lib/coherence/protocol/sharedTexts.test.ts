import { deserialize, serialize } from 'node:v8'
import { expect, it } from 'vitest'
import { heapBytesOfEach } from '../testing/heap.ts'
import { dependenciesOn, withSharedTags, withSlots, type Dependencies } from './freshness.ts'
import { sharedList, sharedText } from './sharedTexts.ts'

const IDS = Array.from({ length: 32 }, (_, i) => 1_000 + i)
/** Of a page that lists thirty products, as a render makes them. */
const rendered = () =>
  withSlots(
    dependenciesOn(IDS.map((id) => ({ kind: 'product', id, version: 7 }))),
    IDS.map((id) => `price:${id}`),
  )

it('gives back the same text and list', () => {
  for (const text of ['price:1', 'price:2', 'price:1']) expect(sharedText(text)).toBe(text)
  for (const list of [['price:1'], ['price:1', 'price:2'], []]) expect(sharedList(list.join())).toEqual(list)
})

it('goes on when it has kept as many texts as it may', () => {
  for (let i = 0; i < 50_001; i++) sharedText(`some text ${i}`)
  expect(sharedText('some text 1')).toBe('some text 1')
})

it('keeps the tags of a page at 60 bytes each, be it rendered here or read from Redis', () => {
  const bytes = serialize(rendered())
  const read = () => {
    const dependencies: Dependencies = deserialize(bytes)
    return withSharedTags(dependencies)
  }
  expect(read()).toEqual(rendered())
  for (const make of [rendered, read]) {
    const each = heapBytesOfEach(500, make) / rendered().tags.length
    expect(each).toBeGreaterThan(10)
    expect(each).toBeLessThan(60)
  }
})
