import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import type { PageTemplate } from '../template/cutPage.ts'
import { flatten } from '../template/flatTemplate.ts'
import type { Slot } from '../template/parts.ts'
import { packTemplate, unpackTemplate } from './packedTemplate.ts'

const slot: Slot = { leaf: 'amount', tags: ['price:1'], argument: 'de', place: 'string' }
const text = (bytes: number) => Buffer.from(randomBytes(bytes / 2).toString('hex'))
const head = text(8_000)
const page = text(20_000)
const template: PageTemplate = new Map([
  ['html', [text(30_000), slot]],
  ['rsc', [Buffer.from('#'), head, slot, page]],
  ['/_full', [head, slot, page]],
  ['/products/__PAGE__', [page]],
  ['/_tree', [text(200)]],
])

it('gives each representation back', async () => {
  for (const one of [template, new Map([...template].filter(([name]) => name !== 'rsc'))]) {
    const packed = await packTemplate(one)
    expect([...packed.keys()]).toEqual([...one.keys()])
    for (const [name, parts] of one) expect(unpackTemplate(packed, name)).toEqual(flatten(parts))
  }
  expect(unpackTemplate(await packTemplate(template), '/other')).toBeUndefined()
})

it('packs what the segments have in common with the whole once', async () => {
  const packed = await packTemplate(template)
  const bytesOf = (name: '/_full' | '/products/__PAGE__' | '/_tree') => packed.get(name)?.byteLength
  expect(bytesOf('/_full')).toBeLessThan(200)
  expect(bytesOf('/products/__PAGE__')).toBeLessThan(200)
  expect(bytesOf('/_tree')).toBeGreaterThan(80)
})

it('takes bytes of another program for no template', () => {
  for (const whole of [Buffer.alloc(0), Buffer.from([7, 1, 2])])
    expect(
      unpackTemplate(
        new Map([
          ['rsc', whole],
          ['/_tree', Buffer.from([1, 2, 3, 4, 5, 6])],
        ]),
        '/_tree',
      ),
    ).toBeUndefined()
})
