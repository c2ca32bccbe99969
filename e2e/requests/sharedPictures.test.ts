import { PNG } from 'pngjs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { artByFile, artPath } from '#lib/catalog/art/index.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { difference } from '../support/pictures.ts'
import type { Drawing } from '#lib/web/sharedPictures/drawing.ts'
import { DrawnPictures } from '#lib/web/sharedPictures/drawnPictures.ts'

const image = artPath({ form: 'dining-chair', colour: 'indigo', variant: 3 })
const product = (amount: string, name = 'Nelle Beech Side Chair, Indigo') => ({
  product: { name, brand: 'Moorhaus', image, amount, since: 'Price of 2 January 2026' },
})
const list = (title: string) => ({ list: { title, pictures: [image, image, image] } })

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

async function drawn(drawing: Drawing) {
  const bytes = await pictures.of(drawing)
  if (!bytes) throw new Error('not drawn')
  return PNG.sync.read(Buffer.from(bytes))
}

test('a picture shows the amount, and what it was before: another amount is another picture', async () => {
  const { product: facts } = product('€83.99')
  const reduction = { before: '€99.99', saving: 'Save 16%' }
  const [one, other, reduced] = [
    await drawn({ product: facts }),
    await drawn(product('€84.99')),
    await drawn({ product: { ...facts, reduction } }),
  ]
  expect([one.width, one.height]).toEqual([1200, 630])
  expect(difference(one, other)).toBeGreaterThan(0)
  expect(difference(one, reduced)).toBeGreaterThan(difference(one, other))
}, 60_000)

test('Japanese and Korean names are drawn letter by letter: none is left out, and none is asked of a server abroad', async () => {
  for (const [title, other] of [
    ['椅子と机', '椅子と枕'],
    ['의자와 책상', '의자와 베개'],
  ] as const) {
    const [one, two] = [await drawn(list(title)), await drawn(list(other))]
    expect([one.width, one.height]).toEqual([1200, 630])
    expect(difference(one, two)).toBeGreaterThan(0.0005)
    const [card, changed] = [await drawn(product('€1.00', title)), await drawn(product('€1.00', other))]
    expect(difference(card, changed)).toBeGreaterThan(0.0005)
  }
}, 60_000)

test('draws in a thread of its own: the process goes on, and draws nothing for a request when too many wait', async () => {
  await pictures.of(product('€0.01'))
  const drawing = performance.now()
  await pictures.of(product('€0.02'))
  const drawingMs = performance.now() - drawing
  let standstills = 0
  let last = performance.now()
  const ticks = setInterval(() => {
    if (performance.now() - last > drawingMs / 2) standstills++
    last = performance.now()
  }, 5)
  const answers = await Promise.all(Array.from({ length: 25 }, (_zero, i) => pictures.of(product(`€${100 + i}.00`))))
  clearInterval(ticks)
  const refused = answers.filter((answer) => answer === undefined)
  expect(refused.length).toBeGreaterThan(0)
  expect(refused.length).toBeLessThan(10)
  // Each drawing would be one; a busy machine makes some.
  expect(standstills).toBeLessThan((answers.length - refused.length) / 2)
  expect(await pictures.of(product('€124.00'))).toBeDefined()
}, 60_000)

test('another process gets the picture without drawing it, and no picture of another name', async () => {
  const drawing = performance.now()
  const mine = await pictures.of(product('€7.00'))
  const drawingMs = performance.now() - drawing
  await expect.poll(() => redis.direct.keys('*picture:*')).not.toEqual([])
  const times: number[] = []
  for (let i = 0; i < 3; i++) {
    const other = new DrawnPictures(redis.client)
    const started = performance.now()
    expect(Buffer.from((await other.of(product('€7.00'))) ?? []).equals(Buffer.from(mine ?? []))).toBe(true)
    times.push(performance.now() - started)
    await other.close()
  }
  const [place = ''] = await redis.direct.keys('*picture:*')
  expect(place).toMatch(/^picture:\d{1,3}$/)
  expect(Math.min(...times), 'milliseconds, of three').toBeLessThan(drawingMs / 2)
}, 60_000)

test('draws a picture as a PNG for those that read no SVG', async () => {
  const path = artPath({ form: 'teapot', colour: 'indigo', variant: 3 })
  const file = path.slice(path.lastIndexOf('/') + 1)
  const bytes = await pictures.of({ svg: artByFile(file) ?? '' })
  if (!bytes) throw new Error('not drawn')
  const { width, height, data } = PNG.sync.read(Buffer.from(bytes))
  expect([width, height]).toEqual([1_000, 1_000])
  expect(new Set(Array.from({ length: 1_000 }, (_, i) => data[i * 1_001 * 4])).size).toBeGreaterThan(1)
}, 60_000)
