import { afterAll, beforeAll, expect, test } from 'vitest'
import { artByFile, artPath } from '#lib/catalog/art/index.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { readPng, difference } from '../support/png.ts'
import { DrawnPictures } from '#lib/web/sharedPictures/drawnPictures.ts'

const since = '2026-01-02T03:04:05.000Z'
const product = (id: number, amountMinor: number, reducedFromMinor: number | null = null) => ({
  id,
  name: 'Nelle Beech Side Chair, Indigo',
  brand: 'Moorhaus',
  image: artPath({ form: 'dining-chair', colour: 'indigo', variant: 3 }),
  version: 1,
  price: {
    amountMinor,
    reducedFromMinor,
    reducedFrom: reducedFromMinor === null ? null : ('lowest-of-30-days' as const),
    currency: 'EUR',
    since,
  },
})

let redis: TestRedis
let pictures: DrawnPictures
beforeAll(async () => {
  redis = await testRedis()
  pictures = new DrawnPictures(redis.client)
})
afterAll(async () => {
  await pictures.close()
  await redis.close()
})

async function drawn(id: number, amountMinor: number, reducedFromMinor?: number) {
  const bytes = await pictures.ofProduct(product(id, amountMinor, reducedFromMinor), 1)
  if (!bytes) throw new Error('not drawn')
  return readPng(Buffer.from(bytes))
}

test('a picture shows the amount, and what it was before: another amount is another picture, the same one is the same', async () => {
  const [one, same, other, reduced] = [
    await drawn(1, 8_399),
    await drawn(2, 8_399),
    await drawn(3, 8_499),
    await drawn(4, 8_399, 9_999),
  ]
  expect([one.width, one.height]).toEqual([1200, 630])
  expect(difference(one, same)).toBe(0)
  expect(difference(one, other)).toBeGreaterThan(0)
  expect(difference(one, reduced)).toBeGreaterThan(difference(one, other))
}, 60_000)

test('draws in a thread of its own: the process goes on, and a request that finds too many waiting is told so', async () => {
  await pictures.ofProduct(product(50, 1), 1)
  let longest = 0
  let last = performance.now()
  const ticks = setInterval(() => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }, 5)
  const answers = await Promise.all(
    Array.from({ length: 25 }, (_zero, i) => pictures.ofProduct(product(100 + i, 1_000 + i), 1)),
  )
  clearInterval(ticks)
  const refused = answers.filter((answer) => answer === undefined)
  expect(refused.length).toBeGreaterThan(0)
  expect(refused.length).toBeLessThan(10)
  expect(longest, 'milliseconds without an answer; a drawing takes 200').toBeLessThan(100)
  expect(await pictures.ofProduct(product(124, 1_024), 1)).toBeDefined()
}, 60_000)

test('another process gets the picture without drawing it, and no picture of another name', async () => {
  const mine = await pictures.ofProduct(product(7, 700), 1)
  await expect.poll(() => redis.direct.keys('*picture:*')).not.toEqual([])
  const other = new DrawnPictures(redis.client)
  const started = performance.now()
  expect(Buffer.from((await other.ofProduct(product(7, 700), 1)) ?? []).equals(Buffer.from(mine ?? []))).toBe(true)
  const [place = ''] = await redis.direct.keys('*picture:*')
  expect(place).toMatch(/^picture:\d{1,3}$/)
  expect(performance.now() - started, 'a drawing takes 200').toBeLessThan(100)
  await other.close()
}, 60_000)

test('draws a picture as a PNG for those that read no SVG', async () => {
  const path = artPath({ form: 'teapot', colour: 'indigo', variant: 3 })
  const file = path.slice(path.lastIndexOf('/') + 1)
  const bytes = await pictures.ofDrawing(file, artByFile(file) ?? '')
  if (!bytes) throw new Error('not drawn')
  const { width, height, pixels, channels } = readPng(Buffer.from(bytes))
  expect([width, height]).toEqual([1_000, 1_000])
  expect(new Set(Array.from({ length: 1_000 }, (_, i) => pixels[i * 1_001 * channels])).size).toBeGreaterThan(1)
}, 60_000)
