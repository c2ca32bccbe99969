import { expect, it } from 'vitest'
import { randomBytes } from 'node:crypto'
import { decode, encode, owned } from './codec.ts'

it('preserves what Next needs: buffers, maps, undefined, large bodies', async () => {
  const page = {
    html: Buffer.from('<p>€ 12,90</p>'.repeat(1_000)),
    segmentData: new Map([['/_tree', Buffer.from([0, 255, 1])]]),
    headers: { 'x-next-cache-tags': 'price:1' },
    postponed: undefined,
  }
  const back = decode(await encode(page))
  expect(back).toEqual(page)
  expect(back).toHaveProperty('html', expect.any(Buffer))
})

it('a large body takes a fraction of its size', async () => {
  const html = '<li class="card">a product</li>'.repeat(5_000)
  expect((await encode(html)).byteLength).toBeLessThan(html.length / 20)
})

it.each([[Buffer.alloc(0)], [Buffer.from([7, 1, 2])], [Buffer.from([1, 2, 3, 4])], [Buffer.from([0, 255, 255])]])(
  'bytes of another program (%j) are no body',
  (bytes) => {
    expect(decode(bytes)).toBeUndefined()
  },
)

it('keeps each value in memory of its own: no slab of Buffer lives as long as a part of it', async () => {
  const memoryOf = ({ buffer }: Uint8Array) => buffer.byteLength
  for (const size of [10, 3_000, 20_000, 200_000]) {
    const bytes = randomBytes(size)
    const packed = await encode({ bytes })
    expect(memoryOf(packed)).toBe(packed.byteLength)
    const back = decode(Buffer.from(packed))
    const kept = typeof back === 'object' && back !== null && 'bytes' in back ? back.bytes : undefined
    if (!(kept instanceof Uint8Array)) expect.fail('no bytes came back')
    expect(kept).toEqual(bytes)
    expect(memoryOf(kept)).toBeLessThan(size + 100)
    const part = owned(Buffer.from(bytes).subarray(1))
    expect(memoryOf(part)).toBe(part.byteLength)
  }
})
