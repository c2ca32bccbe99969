import { expect, it } from 'vitest'
import { decode, encode } from '../store/codec.ts'
import { heapBytesOfEach } from '../testing/heap.ts'
import { nameOf, type Slot } from './parts.ts'
import { namedSlot } from './namedSlot.ts'
import { Refill } from './refill.ts'

const LEAVES = ['amount', 'before', 'saving', 'version', 'amountMinor', 'stockSaid', 'stockLevel', 'soldOut']
const TAGS = Array.from({ length: 60 }, (_, i) => `price:${1_000 + i}`)
/** Of each fourth product the page shows a group. */
const SLOTS = TAGS.flatMap((tag, i) =>
  LEAVES.map((leaf): Slot => {
    return { leaf, tags: i % 4 === 0 ? TAGS.slice(i, i + 3) : [tag], argument: 'de', place: 'stringStart' }
  }),
)

it('changes nothing of a slot but its name', () => {
  const several: Slot = { leaf: 'updatedAt', tags: TAGS, argument: '', place: 'html' }
  for (const slot of [...SLOTS, several, { ...several, tags: [] }])
    expect(namedSlot(slot)).toEqual({ ...slot, name: nameOf(slot) })
})

it('keeps a template of five hundred slots at 250 bytes a slot beside its own bytes', async () => {
  const packed = await encode(SLOTS.flatMap((slot) => [Buffer.from('<'), slot]))
  const rows = new Map(TAGS.map((tag) => [tag, { version: 1, payload: '', read: {}, values: new Map() }]))
  const unpacked = () => {
    const parts: unknown = decode(packed)
    if (!Array.isArray(parts)) throw new Error('no template')
    return new Refill(parts, () => ({ value: () => 1, text: () => '1' }), rows)
  }
  const bytes = heapBytesOfEach(20, unpacked) / SLOTS.length
  expect(bytes).toBeGreaterThan(50)
  expect(bytes).toBeLessThan(250)
})
