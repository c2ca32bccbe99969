/** A renamed product at the edge: the redirect is kept by its versions, as a page is, and each visitor's query goes along. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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

  async function read(query = '') {
    const response = await fetch(fixture.edge.url + PATH + query, { redirect: 'manual' })
    await response.arrayBuffer()
    return {
      status: response.status,
      location: response.headers.get('location'),
      cache: response.headers.get('x-cache'),
    }
  }
  async function edit(change: Partial<Pick<OnePageShop, 'status' | 'movedTo'>>) {
    Object.assign(shop, change, { version: shop.version + 1 })
    await fixture.edge.publish([{ kind: 'price', id: PRODUCT, version: shop.version }])
  }
  const kept = () => expect.poll(async () => (await read()).cache).toBe('HIT edge')

  it('leads on from the first request after the rename, keeps that, and forgets it when the address is a page again', async () => {
    await kept()
    expect(await read()).toMatchObject({ status: 200 })
    await edit({ status: 301, movedTo: '/en/products/beaker' })
    expect(await read('?size=2')).toMatchObject({ status: 301, location: '/en/products/beaker?size=2' })
    await kept()
    const asked = shop.asked()
    expect(await read()).toMatchObject({ status: 301, location: '/en/products/beaker' })
    expect(await read('?from=mail&x=%C3%A9')).toMatchObject({ location: '/en/products/beaker?from=mail&x=%C3%A9' })
    expect(shop.asked()).toBe(asked)
    await edit({ movedTo: '/en/products/tumbler' })
    expect(await read()).toMatchObject({ location: '/en/products/tumbler' })
    await edit({ status: 200, movedTo: undefined })
    expect(await read()).toMatchObject({ status: 200, location: null })
  })
})
