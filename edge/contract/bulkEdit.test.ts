/** A bulk edit that a worker applies, with an edge in front: live when the edge took every chunk in time. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { VarnishEdge } from '#lib/cdn/adapters/varnish.ts'
import { useEdge } from '#lib/cdn/edgePort.ts'
import { applyBulkEdit } from '#lib/pricing/bulk/apply/applyBulkEdit.ts'
import { approvedFor, expectApplied, sale } from '#lib/pricing/testing/appliedEdits.ts'
import { priceStores, type PriceStores } from '#lib/pricing/testing/priceStores.ts'
import { bulkQueue } from '#lib/queue/bulkQueue.ts'
import { brokenControl } from './brokenControl.ts'
import { IMMEDIATE_EDGES, SECRET, type EdgeUnderTest } from './edgesUnderTest.ts'
import { onePageShop, type OnePageShop } from './shop.ts'

/** Three chunks. */
const PRODUCTS = 2_300

let stores: PriceStores
let shop: OnePageShop
beforeAll(async () => {
  stores = await priceStores(PRODUCTS)
  shop = await onePageShop()
})
afterAll(async () => {
  await bulkQueue().close()
  await shop.stop()
  await stores.close()
})
beforeEach(async () => {
  await bulkQueue().obliterate({ force: true })
})
afterEach(() => useEdge(undefined))

async function approvedEdit(): Promise<string> {
  const { state, edit } = await approvedFor({ ...sale, rules: { amount: { kind: 'add', cents: 5 } } })
  expect(state).toBe('queued')
  return edit.id
}

describe.each(IMMEDIATE_EDGES)('%s', (_name, start) => {
  let fixture: EdgeUnderTest
  beforeAll(async () => {
    fixture = await start(shop.url)
  }, 300_000)
  afterAll(() => fixture?.stop())

  it('is live when the edge took every chunk', async () => {
    useEdge(fixture.edge)
    const id = await approvedEdit()
    expect(await applyBulkEdit(id)).toBe('live')
    await expectApplied(id)
  })
})

// Last: the process leaves a failing edge alone for two seconds.
it('is applied all the same, and still propagating, when the edge hangs', async () => {
  const control = await brokenControl(undefined)
  const edge = new VarnishEdge({ url: control.url, secret: SECRET })
  useEdge(edge)
  const id = await approvedEdit()
  expect(await applyBulkEdit(id)).toBe('propagating')
  await expectApplied(id)
  // The first two chunks, which begin at once, and what follows the outbox; nothing else waits for it.
  expect(control.calls()).toBeLessThanOrEqual(3)
  await control.stop()
})
