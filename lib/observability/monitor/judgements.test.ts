/** The monitor's conclusions from numbers. */
import { expect, it } from 'vitest'
import { Misses } from '#lib/coherence/render/misses.ts'
import { growing, HitRatioWatch } from './checks/trends.ts'
import { missBursts } from './checks/webCheck.ts'
import { priceElements } from '#lib/catalog/pageStatement.ts'

const grew = (sizes: readonly number[]) => {
  const seen: number[] = []
  return sizes.map((size) => growing(seen, size))
}

it('an outbox that is fuller at each of five rounds, by half or more in all, grows', () => {
  expect(grew([20, 24, 27, 30, 33])).toEqual([false, false, false, false, true])
})

it('a bulk edit that fills the outbox and drains, a steady backlog and a handful of rows are no growth', () => {
  expect(grew([0, 100, 80, 60, 40, 20])).not.toContain(true)
  expect(grew([100, 101, 102, 103, 104])).not.toContain(true)
  expect(grew([1, 2, 3, 4, 5])).not.toContain(true)
})

const MINUTE = 60_000

/** Reads of one instance, minute by minute. */
function watchRatios(minutes: readonly { hits: number; misses: number; stale?: number }[]) {
  const watch = new HitRatioWatch()
  const total = { hits: 0, misses: 0, stale: 0 }
  return minutes.map(({ hits, misses, stale = 0 }, i) => {
    total.hits += hits
    total.misses += misses
    total.stale += stale
    return watch.add(new Map([['web', { ...total }]]), i * MINUTE)
  })
}

it('reports a hit ratio that falls by more than five points, with both numbers', () => {
  const falls = watchRatios([
    ...Array.from({ length: 20 }, () => ({ hits: 980, misses: 20 })),
    ...Array.from({ length: 5 }, () => ({ hits: 900, misses: 100 })),
  ])
  expect(falls.slice(0, 20)).not.toContainEqual(expect.anything())
  expect(falls.at(-1)).toEqual({ now: 90, before: 98 })
})

it('reports no fall when edits made the pages stale, and one when more is missed than that', () => {
  const steady = Array.from({ length: 20 }, () => ({ hits: 980, misses: 20 }))
  const edited = (stale: number) => Array.from({ length: 5 }, () => ({ hits: 600, misses: 400, stale }))
  expect(watchRatios([...steady, ...edited(390)]).at(-1)).toBeUndefined()
  expect(watchRatios([...steady, ...edited(500)]).at(-1)).toBeUndefined() // in memory and in Redis
  expect(watchRatios([...steady, ...edited(200)]).at(-1)).toEqual({ now: 75, before: 98 })
})

it('five points, few reads, and an instance that starts anew are no fall', () => {
  const steady = Array.from({ length: 20 }, () => ({ hits: 980, misses: 20 }))
  expect(
    watchRatios([...steady, ...Array.from({ length: 5 }, () => ({ hits: 940, misses: 60 }))]).at(-1),
  ).toBeUndefined()
  expect(watchRatios([...steady, ...Array.from({ length: 5 }, () => ({ hits: 0, misses: 50 }))]).at(-1)).toBeUndefined()
  const watch = new HitRatioWatch()
  watch.add(new Map([['web', { hits: 1e6, misses: 0, stale: 0 }]]), 0)
  expect(watch.add(new Map([['web', { hits: 0, misses: 5_000, stale: 0 }]]), MINUTE)).toBeUndefined()
})

it('misses of a page count for a minute and are forgotten in the next', () => {
  let now = 0
  const misses = new Misses(undefined, () => now)
  for (let i = 0; i < 40; i++) misses.count('/en/products/a')
  misses.count('/en')
  expect(misses.most(1)).toEqual([['/en/products/a', 40]])
  now = 90_000 // half a window after the one in which they were
  expect(misses.most(5)).toEqual([
    ['/en/products/a', 20],
    ['/en', 1],
  ])
  now = 180_000
  expect(misses.most(5)).toEqual([])
})

it('a burst is read from the metrics of an instance, and a page that is built now and then is none', () => {
  const text =
    'evergreen_page_misses_last_minute{page="/en/products/mug"} 31\nevergreen_page_misses_last_minute{page="/en"} 30\n'
  expect(missBursts(text)).toEqual([{ page: '/en/products/mug', misses: 31 }])
})

it('reads each distinct price element of a page once, from any markup around it', () => {
  const element = '<span class="x" data-product-id="42" data-price-version="7" data-amount-cents="1290">'
  expect(
    priceElements(
      `<p>${element}12</span>${element}12</span><a data-product-id="42" class="y" data-price-version="8" data-amount-cents="1291">`,
    ),
  ).toEqual([
    { productId: 42, version: 7, amountMinor: 1290 },
    { productId: 42, version: 8, amountMinor: 1291 },
  ])
})
