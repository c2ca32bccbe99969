/** The wait for the edge before an edit is called live, however many prices it changes and however the edge is; and what it has passed on. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EdgeVersions } from '#lib/cdn/edgeVersions.ts'
import type { VersionedTag } from '#lib/coherence/tags.ts'
import { readPage } from '#lib/verification/readPage.ts'
import { brokenControl } from './brokenControl.ts'
import { IMMEDIATE_EDGES, type EdgeUnderTest } from './edgesUnderTest.ts'
import { onePageShop, PATH, PRODUCT, type OnePageShop } from './shop.ts'

/** Milliseconds: what an edit waits for the edge, and a busy machine. */
const PATIENCE_MS = 1_500

/** From the first after the page's own, which comes last. */
const prices = (count: number, version: number): VersionedTag[] =>
  Array.from({ length: count }, (_, i) => ({ kind: 'price' as const, id: PRODUCT + count - 1 - i, version }))

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

  const cache = async () => (await readPage(fixture.edge.url + PATH)).headers['x-cache']
  const shown = async () => (await readPage(fixture.edge.url + PATH)).statement.versions.get(PRODUCT)

  it('shows no older page after a newer price in the API, while no version and no purge reach it', async () => {
    await expect.poll(cache, { timeout: 15_000 }).toBe('HIT edge')
    shop.version++
    const answer = await fetch(`${fixture.edge.url}/api/prices?ids=${PRODUCT}`)
    expect(answer.headers.get('x-cache')).toBe('PASS edge')
    expect(await shown()).toBe(shop.version)
    // As soon as the version reaches it, the page is kept again.
    await fixture.edge.publish(prices(1, shop.version))
    await expect.poll(cache, { timeout: 15_000 }).toBe('HIT edge')
  })

  it.each([1, 40, 101, 1_000, 20_000])(
    'shows nothing older after an edit of %i prices than the shop does, before, between and after its two halves',
    async (count) => {
      const versions = new EdgeVersions(() => fixture.edge)
      await expect.poll(cache, { timeout: 15_000 }).toBe('HIT edge')
      const edit = prices(count, shop.version + 1)
      // An edge that is busy for longer than an edit waits for it is asked again, by the job.
      await expect.poll(() => versions.beforeIndex(edit), { timeout: 15_000 }).toBe(true)
      // Asked for before the index has it: shown now, and not kept.
      expect(await shown()).toBe(shop.version)
      shop.version++
      expect(await shown()).toBe(shop.version)
      await expect.poll(() => versions.afterIndex(edit), { timeout: 15_000 }).toBe(true)
      expect(await shown()).toBe(shop.version)
      await expect.poll(cache, { timeout: 15_000 }).toBe('HIT edge')
      expect(await shown()).toBe(shop.version)
    },
  )

  it('passes on that the shop could not confirm its page, and keeps such an answer for no other visitor', async () => {
    shop.unconfirmed = true
    await fixture.edge.purge([`price:${PRODUCT}`])
    const asked = shop.asked()
    expect([await cache(), await cache()]).toEqual(['STALE l1', 'STALE l1'])
    expect(shop.asked()).toBe(asked + 2)
    shop.unconfirmed = false
    await expect.poll(cache, { timeout: 15_000 }).toBe('HIT edge')
  })

  it('gives a visitor who comes between the halves of a bulk edit no answer that another one asked for earlier', async () => {
    const versions = new EdgeVersions(() => fixture.edge)
    const edit = prices(1_000, shop.version + 1)
    await versions.beforeIndex(edit)
    const render = shop.hold()
    const asked = shop.asked()
    const first = shown()
    await expect.poll(shop.asked, { timeout: 15_000 }).toBe(asked + 1)
    shop.version++
    const second = shown()
    // It is there, too, before the first has its answer.
    await fetch(`${fixture.edge.url}/__edge/ready`)
    render.go()
    expect([await first, await second]).toEqual([shop.version - 1, shop.version])
    await versions.afterIndex(edit)
  })

  it('is left alone once it hangs: a bulk edit waits for it once, and its next chunks not at all', async () => {
    const control = await brokenControl(undefined)
    const versions = new EdgeVersions(() => fixture.controlledAt(control.url))
    const began = performance.now()
    expect(await versions.beforeIndex(prices(1_000, 9))).toBe(false)
    expect(await versions.afterIndex(prices(1_000, 9))).toBe(false)
    for (let chunk = 0; chunk < 20; chunk++) expect(await versions.beforeIndex(prices(1_000, 9))).toBe(false)
    expect(performance.now() - began).toBeLessThan(PATIENCE_MS)
    expect(control.calls()).toBe(1)
    await control.stop()
  })
})
