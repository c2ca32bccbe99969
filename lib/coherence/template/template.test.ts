import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutFlight } from './cutFlight.ts'
import { cutPage, type PageTemplate } from './cutPage.ts'
import { fill } from '../testing/templateParts.ts'
import { embeddedText, type Part } from './parts.ts'
import { Placeholders } from './placeholders.ts'
import type { SlotPort, SlotValue } from './slots.ts'
import { SlotValues } from './slotValues.ts'

interface Row {
  readonly amount: number
  readonly before: string | undefined
}
const isRow = (row: object | undefined): row is Row => row !== undefined && 'amount' in row
const of = (value: (row: Row) => SlotValue) => ({
  kind: 'price',
  value: ([row]: readonly object[]) => (isRow(row) ? value(row) : undefined),
})

const PORT: SlotPort = {
  secret: 'a secret of the test',
  kinds: { price: (payload) => JSON.parse(payload) },
  leaves: {
    amount: { ...of(({ amount }) => amount), numeric: true },
    former: { ...of(({ before }) => (before === undefined ? null : 1)), numeric: true },
    text: of(({ amount }) => `$${amount} & "more"`),
    before: { ...of(({ before }) => before), optional: true },
  },
}
const placeholders = new Placeholders(PORT, 'build')
const number = (leaf: string, id = 42) => placeholders.number(leaf, id)
const text = (leaf: string, id = 42) => placeholders.text(leaf, [id])

function filled(parts: readonly Part[], row: Row): string {
  const values = new SlotValues(PORT)
  const rows = values.rows(['price:42'], new Map([['price:42', { version: 1, payload: JSON.stringify(row) }]]))
  if (!rows) throw new Error('no rows')
  return fill(parts, values.filling(rows)).toString()
}

const REDUCED: Row = { amount: 1_290, before: '€15' }
const NOT_REDUCED: Row = { amount: 7, before: undefined }

function pageOf(visible: string, flight: string, pieces = 3): string {
  const size = Math.ceil(flight.length / pieces)
  const pushes = Array.from({ length: pieces }, (_, i) => flight.slice(i * size, (i + 1) * size))
  const scripts = pushes.map((piece) => `<script>self.__next_f.push([1,"${embeddedText(piece)}"])</script>`)
  return `<html><body>${visible}${scripts.join('')}</body></html>`
}

const partsOf = (template: PageTemplate) => template.get('html') ?? []
const cut = (html: string) => cutPage({ html }, placeholders, PORT.leaves)

describe('a template of flight data', () => {
  const fillFlight = (flight: string, row: Row) => filled(cutFlight(Buffer.from(flight), placeholders), row)

  it('takes a value of its own as JSON, with what React writes for none', () => {
    const flight = `1:{"a":${number('amount')},"b":${number('former')},"c":"${text('before')}","d":"${text('text')}"}\n`
    expect(JSON.parse(fillFlight(flight, REDUCED).slice(2))).toEqual({
      a: 1_290,
      b: 1,
      c: '€15',
      d: '$$1290 & "more"', // React takes a text that begins with $ for a reference
    })
    expect(JSON.parse(fillFlight(flight, NOT_REDUCED).slice(2))).toMatchObject({ a: 7, b: null, c: '$undefined' })
  })

  it('takes a value within a text as a part of the text', () => {
    const flight = `1:["${text('text')} each","now ${text('text')}, id ${number('amount')}"]\n`
    expect(JSON.parse(fillFlight(flight, NOT_REDUCED).slice(2))).toEqual(['$$7 & "more" each', 'now $7 & "more", id 7'])
  })

  it('counts the bytes of a long text again', () => {
    const long = `né ${text('before')} end`
    const flight = `1:T${Buffer.byteLength(long).toString(16)},${long}2:"$1"\n`
    expect(fillFlight(flight, REDUCED)).toBe(`1:T${Buffer.byteLength('né €15 end').toString(16)},né €15 end2:"$1"\n`)
    expect(fillFlight(flight, NOT_REDUCED)).toBe('1:T8,né  end2:"$1"\n')
  })

  it('knows the mark before the first row', () => {
    expect(fillFlight(`#1:T${text('before').length.toString(16)},${text('before')}`, REDUCED)).toBe('#1:T5,€15')
    expect(() => cutFlight(Buffer.from(`~0:{"a":"$@9"}\n1:"${text('text')}"\n9:40\n`), placeholders)).toThrow('shell')
  })

  it('is refused when a slot lies in the shell, whose length stands in the data', () => {
    const row = (length: number) => `0:{"a":"$@9"}\n1:"${text('text')}"\n9:${length}\n`
    expect(() => cutFlight(Buffer.from(row(40)), placeholders)).toThrow('a slot lies in the shell')
    expect(fillFlight(row(10), NOT_REDUCED)).toContain('9:10')
  })
})

describe('a template of a page', () => {
  it('leaves out the element of a value that is not there, and nothing else', () => {
    const { template, slots } = cut(
      `<p>a<b class="x">now <i>${text('text')}</i></b><s><i>was</i> ${text('before')}</s><em title="${text('before')}">e</em></p>`,
    )
    expect(slots).toEqual(['price:42'])
    expect(filled(partsOf(template), REDUCED)).toBe(
      '<p>a<b class="x">now <i>$1290 &amp; &quot;more&quot;</i></b><s><i>was</i> €15</s><em title="€15">e</em></p>',
    )
    expect(filled(partsOf(template), NOT_REDUCED)).toBe('<p>a<b class="x">now <i>$7 &amp; &quot;more&quot;</i></b></p>')
  })

  it('finds slots that are divided between two scripts at any place', () => {
    const flight = (row: Row) =>
      `1:{"n":${row.amount},"t":"$${JSON.stringify(`$${row.amount} & "more"`).slice(1, -1)}","b":${JSON.stringify(row.before ?? '$undefined')}}\n`
    const source = `1:{"n":${number('amount')},"t":"${text('text')}","b":"${text('before')}"}\n`
    fc.assert(
      fc.property(fc.integer({ min: 1, max: source.length }), fc.constantFrom(REDUCED, NOT_REDUCED), (pieces, row) => {
        const { template } = cut(pageOf('<p>x</p>', source, pieces))
        expect(filled(partsOf(template), row)).toBe(pageOf('<p>x</p>', flight(row), 1))
      }),
    )
  })

  it.each([
    ['a number was calculated from a placeholder', `<p>${number('amount') / 100}</p>`],
    ['a number was written with separators', `<p>${new Intl.NumberFormat('de').format(number('amount'))}</p>`],
    ['a part of a placeholder stands alone', `<p>${text('text').slice(0, 25)}</p>`],
    [
      'the scripts are not contiguous',
      pageOf('', '1:1\n', 1).replace('</body>', '<p></p><script>self.__next_f.push([1,"2"])</script>'),
    ],
    ['flight data is embedded in another way', '<script>self.__next_f.push([3,"AAA="])</script>'],
  ])('is refused when %s', (_why, html) => {
    expect(() => cut(html)).toThrow(expect.objectContaining({ name: 'TemplateRefused' }))
  })

  it('is refused by nothing that a merchant can write', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), (words, digits) => {
        const html = `<p>${words.replace(/[<&]/g, '')} ${digits}</p>`
        expect(filled(partsOf(cut(html).template), REDUCED)).toBe(html)
      }),
    )
  })
})
