/** An answer that an edge passes on, and keeps none of: what it keeps shows nothing older afterwards. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPage } from '#lib/verification/readPage.ts'
import { IMMEDIATE_EDGES, type EdgeUnderTest } from './edgesUnderTest.ts'
import { onePageShop, PATH, PRODUCT, type OnePageShop } from './shop.ts'

describe.each(IMMEDIATE_EDGES)('%s', (_name, start) => {
  let shop: OnePageShop
  let fixture: EdgeUnderTest
  beforeAll(async () => {
    shop = await onePageShop()
    fixture = await start(shop.url)
  }, 300_000)
  afterAll(async () => {
    await fixture?.stop()
    await shop.stop()
  })

  it('shows no older page after a newer price in the API, while no version and no purge reach it', async () => {
    const read = () => readPage(fixture.edge.url + PATH)
    await expect.poll(async () => (await read()).headers['x-cache']).toBe('HIT edge')
    shop.version++
    const prices = await fetch(`${fixture.edge.url}/api/prices?ids=${PRODUCT}`)
    expect(prices.headers.get('x-cache')).toBe('PASS edge')
    expect((await read()).statement.versions.get(PRODUCT)).toBe(shop.version)
  })
})
