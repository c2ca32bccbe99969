/** The limits and answers of each of the two vendors: how much they take at once, and what they answer when they took a part. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { CloudflareEdge, TRUST_MS } from '#lib/cdn/adapters/cloudflare.ts'
import { FastlyEdge, LONGEST_HEADER, surrogateKey } from '#lib/cdn/adapters/fastly.ts'
import { epochBornAt } from '#lib/cdn/epoch.ts'
import { brokenControl } from './brokenControl.ts'
import { RateLimiter } from '#lib/platform/rateLimiter.ts'
import { onePageShop, type OnePageShop } from './shop.ts'
import { cloudflare, fastly } from './vendors.ts'

let shop: OnePageShop
beforeEach(async () => {
  shop = await onePageShop()
})
afterEach(() => {
  vi.useRealTimers()
  return shop.stop()
})

const tags = (count: number) => Array.from({ length: count }, (_, i) => `price:${i + 1}`)
const versions = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ kind: 'price' as const, id: i + 1, version: 7 }))

it('Cloudflare gets at most 100 tags a purge and 10,000 keys a write, and the state that the Worker reads', async () => {
  const vendor = await cloudflare(shop.url)
  const edge = new CloudflareEdge({
    url: vendor.url,
    api: vendor.url,
    token: 't',
    accountId: 'a',
    zoneId: 'z',
    namespaceId: 'n',
  })
  await edge.purge(tags(250))
  expect(vendor.calls.map(({ size }) => size)).toEqual([100, 100, 50])
  expect(vendor.calls[0]?.path).toBe('/zones/z/purge_cache')
  vendor.calls.length = 0
  await edge.publish(versions(10_001), 500)
  expect(vendor.calls.map(({ size }) => size)).toEqual([10_000, 1, 1])
  expect(vendor.calls[0]?.path).toBe('/accounts/a/storage/kv/namespaces/n/bulk')
  expect(vendor.kv.get('price:10001')).toBe('7')
  const [epoch, at] = vendor.kv.get('state')?.split(' ') ?? []
  expect(Number(at)).toBeGreaterThan(Date.now() - 60_000)
  // A version that is there already is not written again: KV charges for each write. The epoch stays.
  vendor.calls.length = 0
  await new CloudflareEdge({
    url: vendor.url,
    api: vendor.url,
    token: 't',
    accountId: 'a',
    zoneId: 'z',
    namespaceId: 'n',
  }).publish([], 0)
  await edge.publish(versions(10), 0)
  expect(vendor.calls.map(({ size }) => size)).toEqual([1, 1])
  expect(vendor.kv.get('state')?.split(' ')[0]).toBe(epoch)
  await vendor.stop()
})

it('begins an index anew, once, when no process has confirmed it for longer than the Worker trusts it', async () => {
  const vendor = await cloudflare(shop.url)
  const options = { url: vendor.url, api: vendor.url, token: 't', accountId: 'a', zoneId: 'z', namespaceId: 'n' }
  const [one, other] = [new CloudflareEdge(options), new CloudflareEdge(options)]
  const epoch = () => vendor.kv.get('state')?.split(' ')[0]
  await one.publish([], 0)
  const first = epoch()
  await other.publish([], 0)
  expect(epoch()).toBe(first)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + TRUST_MS - 5_000 })
  await one.publish([], 0)
  expect(epoch()).toBe(first)
  vi.setSystemTime(Date.now() + TRUST_MS + 1)
  await other.publish([], 0)
  const second = epoch()
  expect(second).not.toBe(first)
  expect(epochBornAt(second ?? '')).toBe(Date.now())
  await one.publish([], 0)
  expect(epoch()).toBe(second)
  await vendor.stop()
})

it('keys that KV did not take everywhere are written once more, then named', async () => {
  const vendor = await cloudflare(shop.url)
  const edge = new CloudflareEdge({
    url: vendor.url,
    api: vendor.url,
    token: 't',
    accountId: 'a',
    zoneId: 'z',
    namespaceId: 'n',
  })
  vendor.failKeys(['price:2'], 1)
  await edge.publish(versions(3))
  expect(vendor.calls.map(({ size }) => size)).toEqual([3, 1])
  expect(vendor.kv.get('price:2')).toBe('7')
  vendor.failKeys(['price:5'], 2)
  await expect(edge.publish(versions(6))).rejects.toMatchObject({ code: 'EDGE_PARTIAL', left: ['price:5'] })
  await edge.publish(versions(6))
  expect(vendor.kv.get('price:5')).toBe('7')
  await vendor.stop()
})

it('Fastly gets at most 256 keys a purge, and an answer that leaves one out is no success', async () => {
  const vendor = await fastly(shop.url)
  await new FastlyEdge({ url: vendor.url, api: vendor.url, token: 't', serviceId: 's' }).purge(tags(600))
  expect(vendor.calls.map(({ size }) => size)).toEqual([256, 256, 88])
  await vendor.stop()
  const half = await brokenControl({ status: 200, body: '{"price:1":"108-1391560174-974124"}' })
  await expect(
    new FastlyEdge({ url: half.url, api: half.url, token: 't', serviceId: 's' }).purge(tags(2)),
  ).rejects.toMatchObject({ code: 'EDGE_PARTIAL', left: ['price:2'] })
  await half.stop()
})

it('the keys of a response are cut between two keys, within what Fastly reads', () => {
  const header = surrogateKey([...tags(5_000), 'x'.repeat(2_000)])
  expect(header.length).toBeLessThanOrEqual(LONGEST_HEADER)
  expect(header.split(' ').at(-1)).toMatch(/^price:\d+$/)
  expect(surrogateKey(['x'.repeat(1_025), 'price:1'])).toBe('price:1')
})

it('calls the vendor no earlier than its answer allows, and no faster than its bucket fills', async () => {
  const limiter = new RateLimiter({ burst: 2, perSecond: 20 })
  const start = performance.now()
  for (let i = 0; i < 6; i++) await limiter.turn()
  // Two at once, then four at 50 ms each; a machine that is slow only makes it later.
  expect(performance.now() - start).toBeGreaterThan(180)
  limiter.closeFor(300)
  const closed = performance.now()
  await limiter.turn()
  expect(performance.now() - closed).toBeGreaterThan(290)
})
