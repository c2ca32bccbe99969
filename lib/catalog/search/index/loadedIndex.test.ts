import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { versionSource } from '#lib/catalog/coherence.ts'
import { seededDatabase } from '#lib/platform/testing/catalog.ts'
import { LoadedIndex } from './loadedIndex.ts'
import { SearchIndex } from './searchIndex.ts'

const PRODUCTS = 60

it('leaves the thread to pages after a few products while it loads', async () => {
  const { db, drop } = await seededDatabase(PRODUCTS)
  onTestFinished(drop)
  const work = [vi.spyOn(SearchIndex, 'wordsOf'), vi.spyOn(SearchIndex.prototype, 'add')]
  const loading = new LoadedIndex(
    db,
    versionSource(() => db),
  ).current('', [])
  const inATurn: number[] = []
  let index: SearchIndex | void
  do {
    index = await Promise.race([loading, turnOfTheLoop()])
    inATurn.push(work.reduce((sum, { mock }) => sum + mock.calls.length, 0))
    for (const spy of work) spy.mockClear()
  } while (!index)
  expect(index.products.length).toBe(PRODUCTS)
  expect(inATurn.reduce((sum, count) => sum + count)).toBe(2 * PRODUCTS)
  expect(Math.max(...inATurn)).toBeLessThanOrEqual(25)
})
