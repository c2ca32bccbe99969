/** One contract for every edge: the real workerd, the real varnishd, and the vendors as they document themselves. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EdgeError } from '#lib/cdn/errors.ts'
import type { EdgePort } from '#lib/cdn/edgePort.ts'
import type { VersionedTag } from '#lib/coherence/tags.ts'
import { readPage } from '#lib/verification/readPage.ts'
import { brokenControl } from './brokenControl.ts'
import { EDGES, type EdgeUnderTest } from './edgesUnderTest.ts'
import { onePageShop, PATH, PRODUCT, type OnePageShop } from './shop.ts'

const read = (edge: EdgePort) => readPage(edge.url + PATH)
const shown = async (edge: EdgePort) => (await read(edge)).statement.versions.get(PRODUCT)
const cacheOf = async (edge: EdgePort) => (await read(edge)).headers['x-cache']
/** As an edit does. */
async function publish({ edge }: EdgeUnderTest, versions: readonly VersionedTag[]): Promise<void> {
  await edge.publish(versions)
  await edge.settle?.(versions)
}
const price = (version: number) => [{ kind: 'price' as const, id: PRODUCT, version }]

async function errorOf(work: Promise<void>): Promise<EdgeError> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  if (!(error instanceof EdgeError)) throw new Error('no EdgeError', { cause: error })
  return error
}

describe.each(Object.entries(EDGES))('%s', (_name, start) => {
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

  it('keeps a page until its tag is purged, then shows what the shop has', async () => {
    await read(fixture.edge)
    await expect.poll(() => cacheOf(fixture.edge)).toBe('HIT edge')
    const asked = shop.asked()
    expect(await shown(fixture.edge)).toBe(shop.version)
    expect(shop.asked()).toBe(asked)
    shop.version++
    await publish(fixture, price(shop.version))
    await fixture.edge.purge([`price:${PRODUCT}`])
    expect(await shown(fixture.edge)).toBe(shop.version)
  })

  it('a purge of another tag leaves the page where it is', async () => {
    await expect.poll(() => cacheOf(fixture.edge)).toBe('HIT edge')
    await fixture.edge.purge(['price:4242', 'category:7'])
    expect(await cacheOf(fixture.edge)).toBe('HIT edge')
  })

  it('a fill that was under way at the purge is gone after the second purge at the latest', async () => {
    await fixture.edge.purge([`price:${PRODUCT}`])
    const render = shop.hold()
    const asked = shop.asked()
    const slow = read(fixture.edge)
    await expect.poll(shop.asked).toBeGreaterThan(asked)
    shop.version++
    await publish(fixture, price(shop.version))
    await fixture.edge.purge([`price:${PRODUCT}`])
    render.go()
    await slow
    await fixture.edge.purge([`price:${PRODUCT}`])
    expect(await shown(fixture.edge)).toBe(shop.version)
  })

  it('takes as many tags as a large job has, and nothing at all', async () => {
    const many = Array.from({ length: 1_200 }, (_, i) => i + 1_000)
    shop.version++
    await publish(fixture, [...many.map((id) => ({ kind: 'price' as const, id, version: 3 })), ...price(shop.version)])
    await fixture.edge.purge([...many.map((id) => `price:${id}`), `price:${PRODUCT}`])
    expect(await shown(fixture.edge)).toBe(shop.version)
    await fixture.edge.purge([])
    await fixture.edge.publish([])
  })

  it('a version that is published twice, or after a newer one, lowers nothing', async () => {
    shop.version += 2
    await publish(fixture, price(shop.version))
    await publish(fixture, price(shop.version - 1)).catch(() => undefined)
    await publish(fixture, price(shop.version))
    await fixture.edge.purge([`price:${PRODUCT}`])
    expect(await shown(fixture.edge)).toBe(shop.version)
  })

  it.each([
    [
      'refuses',
      { status: 403, body: '{"success":false,"errors":[{"code":10000,"message":"Authentication error"}]}' },
      'EDGE_REFUSED',
      false,
    ],
    ['is out of order', { status: 502, body: 'bad gateway' }, 'EDGE_UNREACHABLE', true],
    ['answers 200 and does nothing', { status: 200, body: 'ok' }, 'EDGE_NOT_UNDERSTOOD', true],
    ['says 429', { status: 429, body: 'too many', headers: { 'retry-after': '7' } }, 'EDGE_RATE_LIMITED', true],
    ['hangs', undefined, 'EDGE_TIMEOUT', true],
  ] as const)('an interface that %s is an error that carries its answer', async (_what, answer, code, retryable) => {
    const control = await brokenControl(answer)
    const edge = fixture.controlledAt(control.url)
    const errors = [await errorOf(edge.purge(['price:1']))]
    if (code !== 'EDGE_RATE_LIMITED')
      errors.push(await errorOf(fixture.controlledAt(control.url).publish(price(99_999))))
    for (const error of errors) {
      expect(error).toMatchObject({ code, retryable })
      if (answer) expect(error.message).toContain(answer.body)
      if (code === 'EDGE_RATE_LIMITED') expect(error.retryAfterMs).toBe(7_000)
    }
    expect(control.calls()).toBe(errors.length)
    await control.stop()
    await expect(errorOf(fixture.controlledAt(control.url).purge(['price:1']))).resolves.toMatchObject({
      code: 'EDGE_UNREACHABLE',
    })
  })
})
