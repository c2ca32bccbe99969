import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { createPriceStore, readPrice } from './priceStore.ts'

const price = (productId: number, version: number) => ({
  productId,
  version,
  amountCents: version * 100,
  compareAtCents: null,
  currency: 'EUR',
  versionUpdatedAt: '2026-11-21T10:00:00.000Z',
})

function memory() {
  const items = new Map<string, string>()
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  }
}

describe('the prices that a tab has seen', () => {
  it('never go back, in whatever order they arrive', () => {
    const arrivals = fc.array(
      fc.record({ productId: fc.integer({ min: 1, max: 3 }), version: fc.integer({ min: 1, max: 20 }) }),
    )
    fc.assert(
      fc.property(arrivals, (list) => {
        const store = createPriceStore(memory)
        const highest = new Map<number, number>()
        for (const { productId, version } of list) {
          store.offer([price(productId, version)])
          highest.set(productId, Math.max(version, highest.get(productId) ?? 0))
          expect(store.get(productId)?.version).toBe(highest.get(productId))
        }
      }),
    )
  })

  it('outlive the page in the storage of the tab', () => {
    const storage = memory()
    createPriceStore(() => storage).offer([price(42, 7)])
    const next = createPriceStore(() => storage)
    next.readSaved()
    next.offer([price(42, 6)])
    expect(next.get(42)).toEqual(price(42, 7))
  })

  it('survive storage that is forbidden, full or full of rubbish', () => {
    const forbidden = {
      getItem: () => '{"',
      setItem: () => {
        throw new Error('QuotaExceededError')
      },
    }
    const store = createPriceStore(() => forbidden)
    store.readSaved()
    store.offer([price(42, 7)])
    expect(store.get(42)?.version).toBe(7)
  })

  it('tell of a newer price once, and of a first one not at all', () => {
    const store = createPriceStore(memory)
    const raised = vi.fn<(prices: readonly unknown[]) => void>()
    store.onRaised(raised)
    store.offer([price(42, 7)])
    store.offer([price(42, 8)])
    store.offer([price(42, 8)])
    expect(raised.mock.calls).toEqual([[[price(42, 8)]]])
  })
})

describe('the products on the screen', () => {
  it('are watched until the last of their elements has gone', () => {
    const store = createPriceStore(memory)
    const changed = vi.fn<() => void>()
    store.onWatchedChange(changed)
    const first = store.watch(42, 'Chair')
    const second = store.watch(42, 'Chair')
    first()
    expect([...store.watched()]).toEqual([[42, 'Chair']])
    second()
    expect(store.watched().size).toBe(0)
    expect(changed).toHaveBeenCalledTimes(2)
  })
})

describe('readPrice', () => {
  it('takes a price as the API writes it', () => expect(readPrice(price(42, 7))).toEqual(price(42, 7)))

  it.each([
    null,
    7,
    'price',
    {},
    { ...price(42, 7), amountCents: 0 },
    { ...price(42, 7), version: '7' },
    { ...price(42, 7), currency: 'euro' },
  ])('refuses %j', (value) => expect(readPrice(value)).toBeUndefined())
})
