import { expect, it } from 'vitest'
import { decode, encode } from './codec.ts'

it('what Next cannot do without survives: buffers, maps, undefined, large bodies', async () => {
  const page = {
    html: Buffer.from('<p>€ 12,90</p>'.repeat(1_000)),
    segmentData: new Map([['/_tree', Buffer.from([0, 255, 1])]]),
    headers: { 'x-next-cache-tags': 'price:1' },
    postponed: undefined,
  }
  const back = await decode(await encode(page))
  expect(back).toEqual(page)
  expect(back).toHaveProperty('html', expect.any(Buffer))
})

it('a large body takes a fraction of its size', async () => {
  const html = '<li class="card">a product</li>'.repeat(5_000)
  expect((await encode(html)).byteLength).toBeLessThan(html.length / 20)
})

it.each([[Buffer.alloc(0)], [Buffer.from([7, 1, 2])], [Buffer.from([1, 2, 3, 4])], [Buffer.from([0, 255, 255])]])(
  'bytes of somebody else (%j) are no body',
  async (bytes) => {
    expect(await decode(bytes)).toBeUndefined()
  },
)
