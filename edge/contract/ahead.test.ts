/** What an edit waits for at the edge before it is called live. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { LocalEdge } from '#lib/cdn/adapters/local.ts'
import { EdgeVersions } from '#lib/cdn/edgeVersions.ts'
import type { VersionedTag } from '#lib/coherence/tags.ts'
import { freePort } from '../../tools/run/ports.ts'
import { type LocalWorker, startWorker } from '../local/startWorker.ts'
import { SECRET } from './edgesUnderTest.ts'
import { onePageShop, type OnePageShop } from './shop.ts'

let shop: OnePageShop
let worker: LocalWorker
let versions: EdgeVersions
beforeAll(async () => {
  shop = await onePageShop()
  worker = await startWorker({ port: await freePort(), origin: shop.url, secret: SECRET })
  const edge = new LocalEdge({ url: worker.url, secret: SECRET })
  versions = new EdgeVersions(() => edge)
}, 60_000)
afterAll(async () => {
  await worker.stop()
  await shop.stop()
})

const prices = (count: number): VersionedTag[] =>
  Array.from({ length: count }, (_, i) => ({ kind: 'price', id: i + 1, version: 2 }))

it('says of as many prices as one request can change that the edge has them, once it does, and holds up no other edit until then', async () => {
  await versions.beforeIndex(prices(500)) // may take longer than an edit waits
  expect(await versions.beforeIndex([{ kind: 'price', id: 9_000, version: 2 }])).toBe(true)
  await expect.poll(() => versions.beforeIndex(prices(500)), { timeout: 15_000 }).toBe(true)
})

it('leaves a bulk edit to its job', async () => {
  expect(await versions.beforeIndex(prices(501))).toBe(false)
})
