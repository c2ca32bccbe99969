import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { MissingPermissionError } from '#lib/access/errors.ts'
import { permissionsOf } from '#lib/access/permissions.ts'
import { shellPrincipal } from '#lib/access/principal.ts'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { parseTagState } from '#lib/coherence/protocol/tagState.ts'
import { changeStock } from './changeStock.ts'
import { type PriceStores, priceStores } from '../testing/priceStores.ts'

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores()
})
afterEach(() => stores.redis.proxy.heal())
afterAll(() => stores.close())

const editor = shellPrincipal('ana')
const set = (productId: number, quantity: number, expectedVersion?: number) =>
  changeStock({ productId, quantity, expectedVersion, reason: 'Counted' }, editor)
const stored = (productId: number) => stores.database.db.stock.findUniqueOrThrow({ where: { productId } })
const audited = (productId: number) =>
  stores.database.db.auditEntry.findMany({ where: { target: `product:${productId}` } })

describe('the stock of a product', () => {
  test('is acknowledged when the index has its version, and is in the audit log', async () => {
    const { quantity, version } = await stored(1)
    expect(await set(1, quantity + 7, Number(version))).toMatchObject({
      state: 'live',
      status: 'changed',
      quantity: quantity + 7,
      version: Number(version) + 1,
    })
    expect(await stored(1)).toMatchObject({ quantity: quantity + 7, version: version + 1n })
    const held = parseTagState(await stores.redis.direct.get(keys.tag('stock:1')))
    expect(held.version).toBe(Number(version) + 1)
    expect(await audited(1)).toMatchObject([
      {
        actor: 'shell ana',
        action: 'product.stock',
        reason: 'Counted',
        detail: { from: quantity, to: quantity + 7, version: Number(version) + 1 },
      },
    ])
  })

  test('stays as it is when it is at another version than the one expected', async () => {
    const { quantity, version } = await stored(2)
    expect(await set(2, 1, Number(version) + 1)).toMatchObject({
      status: 'conflict',
      quantity,
      version: Number(version),
    })
    expect(await stored(2)).toMatchObject({ quantity, version })
    expect(await audited(2)).toEqual([])
  })

  test('is written once: saying the number that it has changes nothing', async () => {
    const { quantity, version } = await stored(3)
    expect(await set(3, quantity)).toMatchObject({ state: 'live', status: 'unchanged', version: Number(version) })
    expect(await audited(3)).toEqual([])
  })

  test('can be set by one of two writers that have read the same version', async () => {
    const { version } = await stored(5)
    const both = await Promise.all([set(5, 1_001, Number(version)), set(5, 1_002, Number(version))])
    expect(both.map((one) => one?.status).toSorted()).toEqual(['changed', 'conflict'])
    expect((await stored(5)).version).toBe(version + 1n)
  })
})

test('a viewer cannot set a stock, and there is no answer for a product that does not exist', async () => {
  const viewer = { ...editor, role: 'viewer' as const, permissions: permissionsOf('viewer') }
  const change = { productId: 4, quantity: 1, reason: 'No' }
  await expect(changeStock(change, viewer)).rejects.toBeInstanceOf(MissingPermissionError)
  expect(await set(999_999, 1)).toBeUndefined()
})

test('while Redis cannot be reached the stock is saved, and on its way', async () => {
  await stores.redis.proxy.cut()
  expect(await set(6, 4_242)).toMatchObject({ state: 'propagating', status: 'changed' })
  expect((await stored(6)).quantity).toBe(4_242)
  await stores.redis.proxy.heal()
})
