import { expect, it } from 'vitest'
import { dependenciesOn, withSlots } from '../protocol/freshness.ts'
import { UNKNOWN_TAG } from '../protocol/tagState.ts'
import { SlotValues } from '../template/slotValues.ts'
import { heapBytesOfEach } from '../testing/heap.ts'
import type { Entry } from './entryStore.ts'
import { FilledPages } from './filledPages.ts'
import { packTemplate } from './packedTemplate.ts'
import type { CachedPage, PageValue } from './pageCache.ts'

const TAGS = Array.from({ length: 50 }, (_, i) => `price:${1_000 + i}`)
const kinds = { price: (payload: string) => ({ payload }) }
const leaves = { amount: { kind: 'price', value: () => 'amount' } }

it('unpacks a page for good when it is filled for the second time', async () => {
  const pages = new FilledPages({ maxBytes: 1e9 }, new SlotValues({ secret: '', kinds, leaves }))
  const parts = TAGS.flatMap((tag) =>
    ['de', 'en', 'fr', 'ja', 'es'].flatMap((argument) => [
      Buffer.from('<'),
      { leaf: 'amount', tags: [tag], argument, place: 'html' } as const,
    ]),
  )
  const packed = await packTemplate(new Map([['html', parts]]))
  const states = new Map(TAGS.map((name) => [name, { ...UNKNOWN_TAG, version: 1, payload: name }]))
  let made = 0
  const fillPage = (times: number) => {
    const page: CachedPage = {
      kind: 'APP_PAGE',
      packed: new Map(Array.from(packed, ([name, bytes]) => [name, Buffer.from(bytes)])),
      headers: undefined,
      postponed: undefined,
      status: 200,
    }
    const entry: Entry<PageValue> = {
      value: { content: page, cacheControl: undefined },
      dependencies: withSlots(dependenciesOn([]), TAGS),
      ttl: 60,
      startedAt: 1,
      epoch: 'one',
      source: 'one',
    }
    const filled = pages.pageFor(`/${made++}`, entry, page, { from: 'source', epoch: 'one', states })
    if (!filled) throw new Error('not filled')
    for (let i = 0; i < times; i++) expect(pages.plain(filled, 'html')?.byteLength).toBe(250 * '<amount'.length)
    return filled
  }
  expect(heapBytesOfEach(50, () => fillPage(2))).toBeGreaterThan(30_000)
  expect(heapBytesOfEach(50, () => fillPage(1))).toBeLessThan(15_000)
})
