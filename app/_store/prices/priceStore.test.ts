import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { ShownPrice } from '#lib/money/price.ts'
import { createPriceStore, type Raised } from './priceStore.ts'

const price = (productId: number, version: number) => ({
  productId,
  version,
  amountMinor: version * 100,
  currency: 'EUR',
  versionUpdatedAt: '2026-11-21T10:00:00.000Z',
  productVersion: 1,
  status: 'active' as ShownPrice['status'],
  stockVersion: 1,
  stock: 12,
  reducedFromMinor: null,
})
const gone = (productId: number, version: number, productVersion: number) => ({
  ...price(productId, version),
  productVersion,
  status: 'discontinued' as const,
})

function memory() {
  const items = new Map<string, string>()
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  }
}

describe('the prices that a tab has seen', () => {
  it('never go back when they arrive in random order', () => {
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

  it('are saved and told once, when many elements of a page bring theirs in one turn', async () => {
    const storage = memory()
    const save = vi.spyOn(storage, 'setItem')
    const store = createPriceStore(() => storage)
    const told = vi.fn<() => void>()
    store.subscribe(told)
    for (let productId = 1; productId <= 24; productId++) store.bring([price(productId, 7)])
    expect(save).not.toHaveBeenCalled()
    await Promise.resolve()
    expect([save.mock.calls.length, told.mock.calls.length]).toEqual([1, 1])
    store.bring([price(1, 8)])
    await Promise.resolve()
    expect([1, 24].map((productId) => store.get(productId)?.version)).toEqual([8, 7])
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

  it('report a newer price once, and a first one not at all', () => {
    const store = createPriceStore(memory)
    const raised = vi.fn<(prices: readonly unknown[]) => void>()
    store.onRaised(raised)
    store.offer([price(42, 7)])
    store.offer([price(42, 8)])
    store.offer([price(42, 8)])
    expect(raised.mock.calls).toEqual([[[{ before: price(42, 7), now: price(42, 8) }]]])
  })
})

describe('whether a product is sold', () => {
  it('follows the newest version of the product, in any order in which versions of product and price arrive', () => {
    const arrivals = fc.array(
      fc.record({ version: fc.integer({ min: 1, max: 9 }), productVersion: fc.integer({ min: 1, max: 9 }) }),
      { minLength: 1 },
    )
    fc.assert(
      fc.property(arrivals, (list) => {
        const store = createPriceStore(memory)
        for (const { version, productVersion } of list) {
          store.offer([
            { ...price(42, version), productVersion, status: productVersion % 2 === 0 ? 'discontinued' : 'active' },
          ])
        }
        const newest = Math.max(...list.map(({ productVersion }) => productVersion))
        expect(store.isSold(42)).toBe(newest % 2 === 1)
        expect(store.get(42)).toMatchObject({
          productVersion: newest,
          version: Math.max(...list.map(({ version }) => version)),
        })
      }),
    )
  })

  it('is reported once, both ways, and a rename is not', () => {
    const store = createPriceStore(memory)
    const raised = vi.fn<(raised: readonly Raised[]) => void>()
    store.onRaised(raised)
    store.offer([price(42, 7)])
    store.offer([gone(42, 7, 2)])
    store.offer([gone(42, 7, 2)])
    store.offer([{ ...price(42, 7), productVersion: 3 }])
    store.offer([{ ...price(42, 7), productVersion: 4 }])
    expect(raised.mock.calls.map(([[one]]) => one?.now.status)).toEqual(['discontinued', 'active'])
  })

  it('outlives the page in the storage of the tab: a page out of the router’s cache sells nothing that is gone', () => {
    const storage = memory()
    createPriceStore(() => storage).offer([gone(42, 7, 2)])
    const next = createPriceStore(() => storage)
    next.readSaved()
    next.offer([price(42, 7)])
    expect(next.isSold(42)).toBe(false)
  })

  it('is no for a product that the shop does not know, until it does, and yes for one that nothing was said of', () => {
    const store = createPriceStore(memory)
    expect(store.isSold(42)).toBe(true)
    store.setUnknown([42])
    expect(store.isSold(42)).toBe(false)
    store.offer([price(42, 1)])
    expect(store.isSold(42)).toBe(true)
  })
})

describe('how many there are', () => {
  it('follows the newest version of the stock, beside the newest one of the price, in any order of arrival', () => {
    const arrivals = fc.array(
      fc.record({ version: fc.integer({ min: 1, max: 9 }), stockVersion: fc.integer({ min: 1, max: 9 }) }),
      { minLength: 1 },
    )
    fc.assert(
      fc.property(arrivals, (list) => {
        const store = createPriceStore(memory)
        for (const { version, stockVersion } of list)
          store.offer([{ ...price(42, version), stockVersion, stock: stockVersion * 10 }])
        const [version, stockVersion] = [list.map((one) => one.version), list.map((one) => one.stockVersion)].map(
          (versions) => Math.max(...versions),
        )
        expect(store.get(42)).toMatchObject({ version, stockVersion, stock: (stockVersion ?? 0) * 10 })
      }),
    )
  })

  it('is reported with its former value, and not again while it is the same', () => {
    const store = createPriceStore(memory)
    const raised = vi.fn<(raised: readonly Raised[]) => void>()
    store.onRaised(raised)
    store.offer([price(42, 7)])
    expect(store.offer([{ ...price(42, 7), stockVersion: 2, stock: 0 }])).toHaveLength(1)
    store.offer([{ ...price(42, 7), stockVersion: 3, stock: 0 }])
    expect(raised.mock.calls.map(([[one]]) => one?.now.stock)).toEqual([0])
  })
})

describe('the products on the screen', () => {
  it('are followed together with those of the cart, which are not news on the screen', () => {
    const store = createPriceStore(memory)
    const inCart = store.follow(43)
    const onScreen = store.watch(42, 'Chair')
    const both = store.watch(43, 'Lamp')
    expect(store.followed()).toEqual([43, 42])
    both()
    expect([...store.watched().keys()]).toEqual([42])
    expect(store.followed()).toEqual([43, 42])
    inCart()
    onScreen()
    expect(store.followed()).toEqual([])
  })

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
