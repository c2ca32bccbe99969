import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decode, encode } from '../store/codec.ts'
import { fill, partsOf } from '../testing/templateParts.ts'
import { flatten, isFlatTemplate } from './flatTemplate.ts'
import type { Part, Place, Slot } from './parts.ts'
import { Refill } from './refill.ts'
import { heapBytesOfEach } from '../testing/heap.ts'
import type { SlotPort } from './slots.ts'
import { SlotValues, type Rows } from './slotValues.ts'

const IDS = [1, 2, 3]
const textOf = (row: object | undefined) => (row && 'text' in row ? String(row.text) : undefined)
const PORT: SlotPort = {
  secret: 'a secret of the test',
  kinds: { price: (payload) => JSON.parse(payload) },
  leaves: {
    text: { kind: 'price', value: ([row]) => textOf(row) },
    /** Missing when the text is empty. */
    optional: { kind: 'price', value: ([row]) => textOf(row) || undefined, optional: true },
    longest: { kind: 'price', value: (rows) => rows.map(textOf).toSorted((a = '', b = '') => b.length - a.length)[0] },
  },
}
const values = new SlotValues(PORT)

const tags = fc.subarray(IDS, { minLength: 1 }).map((ids) => ids.map((id) => `price:${id}`))
const place = fc.constantFrom<Place>('html', 'script', 'value', 'string', 'stringStart', 'plain')
const slot: fc.Arbitrary<Slot> = fc.record({
  leaf: fc.constantFrom('text', 'optional', 'longest'),
  tags,
  argument: fc.constantFrom('', 'en'),
  place,
})
const bytes = fc.string({ unit: 'binary' }).map((text) => Buffer.from(text))
const { parts } = fc.letrec<{ parts: Part[]; inner: Part[] }>((tie) => ({
  inner: fc.array(fc.oneof({ weight: 3, arbitrary: bytes }, slot), { maxLength: 4 }),
  parts: fc.array(
    fc.oneof(
      bytes,
      { weight: 3, arbitrary: slot },
      fc.record({ when: fc.array(slot, { minLength: 1, maxLength: 2 }), parts: tie('inner') }),
      fc.record({ counted: tie('inner') }),
      fc.record({
        embedded: fc.array(fc.oneof(bytes, slot, fc.record({ counted: tie('inner') })), { maxLength: 4 }),
      }),
    ),
  ),
}))
/** Versions of the three rows, one edit after the other: mostly one of them changes. */
const history = fc.array(
  fc.record({
    id: fc.constantFrom(...IDS),
    text: fc.constantFrom('', 'a', 'b', '€9', '€8', '"<&\\', '\u2028', 'longer than that'),
    isLookedAt: fc.boolean(),
  }),
  { maxLength: 12 },
)

it('holds the bytes that a filling from the beginning has, after any earlier ones', () => {
  fc.assert(
    fc.property(parts, history, (template, edits) => {
      const states = new Map(IDS.map((id) => [`price:${id}`, { version: 1, payload: '{"text":"first"}' }]))
      const rowsNow = (): Rows => values.rows(states.keys(), states) ?? new Map()
      const refill = new Refill(flatten(template), (rows) => values.filling(rows), rowsNow())
      const given: { bytes: Buffer; text: string }[] = []
      for (const [i, { id, text, isLookedAt }] of [...edits, ...edits.slice(0, 1)].entries()) {
        states.set(`price:${id}`, { version: i + 2, payload: JSON.stringify({ text }) })
        const rows = rowsNow()
        const filled = isLookedAt ? refill.lookedAt(rows) : refill.filledWith(rows)
        expect(filled).toEqual(fill(template, values.filling(rows)))
        if (!isLookedAt) given.push({ bytes: filled, text: filled.toString('latin1') })
      }
      // What was given out before has not changed under its reader.
      for (const { bytes: earlier, text } of given) expect(earlier.toString('latin1')).toBe(text)
    }),
  )
})

it('keeps each part of a template', () => {
  fc.assert(
    fc.property(parts, (template) => {
      const flat = flatten(template)
      expect(flatten(partsOf(flat))).toEqual(flat)
      const rows = values.rows(
        IDS.map((id) => `price:${id}`),
        new Map(IDS.map((id) => [`price:${id}`, { version: 1, payload: '{"text":"a"}' }])),
      )
      const filling = values.filling(rows ?? new Map())
      expect(fill(partsOf(flat), filling)).toEqual(fill(template, filling))
    }),
  )
})

const rowsOf = (text: string): Rows =>
  new Map([['price:1', { version: 1, payload: '', read: { text }, values: new Map() }]])

function refillOfOneText(text: string): Refill {
  const template: Part[] = [
    Buffer.from('<'),
    { leaf: 'text', tags: ['price:1'], argument: '', place: 'html' },
    Buffer.from('>'),
  ]
  return new Refill(flatten(template), (rows) => values.filling(rows), rowsOf(text))
}

it('writes bytes that are only looked at over where they are as long as before', () => {
  const refill = refillOfOneText('a')
  const first = refill.lookedAt(rowsOf('b'))
  const second = refill.lookedAt(rowsOf('c'))
  expect(second.toString()).toBe('<c>')
  expect(second).toBe(first)
  const rows = rowsOf('d')
  const kept = refill.filledWith(rows)
  expect(refill.lookedAt(rows)).toBe(kept)
  expect(refill.lookedAt(rowsOf('e')).toString()).toBe('<e>')
  expect(refill.lookedAt(rowsOf('long')).toString()).toBe('<long>')
  expect(kept.toString()).toBe('<d>')
})

it('stays in its memory while values come and go', () => {
  const refill = refillOfOneText('a')
  const { buffer } = refill.lookedAt(rowsOf(''))
  for (const text of ['longer', '', 'as long as a value is', 'b']) {
    const bytes = refill.lookedAt(rowsOf(text))
    expect(bytes.toString()).toBe(`<${text}>`)
    expect(bytes.buffer).toBe(buffer)
  }
})

it('keeps what it has when a value cannot be made', () => {
  const refill = refillOfOneText('a')
  expect(() => refill.filledWith(new Map())).toThrow('no row fills text of price:1')
  expect(refill.filledWith(rowsOf('bc')).toString()).toBe('<bc>')
})

it('keeps none of the memory that the template was unpacked in', async () => {
  const slot: Slot = { leaf: 'optional', tags: ['price:1'], argument: '', place: 'html' }
  const packed = await encode(
    flatten([Buffer.alloc(100_000, 'page'), { when: [slot], parts: [Buffer.from('<s>'), slot] }]),
  )
  const unpacked = () => {
    const template = decode(packed)
    if (!isFlatTemplate(template)) throw new Error('no template')
    return {
      memory: new WeakRef(template.around.buffer),
      refill: new Refill(template, (rows) => values.filling(rows), rowsOf('a')),
    }
  }
  const { memory, refill } = unpacked()
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  await expect
    .poll(() => {
      if (typeof collect === 'function') collect()
      return memory.deref() === undefined
    })
    .toBe(true)
  expect(refill.filledWith(rowsOf('bc')).subarray(100_000).toString()).toBe('<s>bc')
})

it('takes no more memory for five hundred slots than their bytes and 40 more each', async () => {
  const tags = Array.from({ length: 60 }, (_, i) => `price:${1_000 + i}`)
  const slots = tags.flatMap((name, i) =>
    ['amount', 'before', 'saving', 'version', 'amountMinor', 'stockSaid', 'stockLevel', 'soldOut'].map(
      // Of each fourth product the page shows a group.
      (leaf): Slot => ({ leaf, tags: i % 4 === 0 ? tags.slice(i, i + 3) : [name], argument: 'de', place: 'html' }),
    ),
  )
  const packed = await encode(flatten(slots.flatMap((one) => [Buffer.from('<'), one])))
  const rows: Rows = new Map(tags.map((name) => [name, { version: 1, payload: '', read: {}, values: new Map() }]))
  const bytes = heapBytesOfEach(20, () => {
    const template = decode(packed)
    if (!isFlatTemplate(template)) throw new Error('no template')
    return new Refill(template, () => ({ value: () => 1 }), rows)
  })
  expect(bytes / slots.length).toBeGreaterThan(1)
  expect(bytes / slots.length).toBeLessThan(40)
})
