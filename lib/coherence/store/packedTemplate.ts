/**
 * A template as it is kept: each representation is packed by itself, because mostly one of them is asked for. The segments of a page are parts
 * of what the client router loads in its place, so they are packed as their differences from that: 50 kB a page become 32.
 */
import type { PageTemplate, Representation } from '../template/cutPage.ts'
import { flatten, isFlatTemplate, type FlatTemplate } from '../template/flatTemplate.ts'
import { decode, encode, plainOf } from './codec.ts'

export type PackedTemplate = ReadonlyMap<Representation, Buffer>

/** What the client router loads in place of a page. */
const WHOLE = 'rsc'

const isSegment = (name: Representation) => name.startsWith('/')

export async function packTemplate(template: PageTemplate): Promise<PackedTemplate> {
  const whole = template.get(WHOLE)
  const packedWhole = whole && (await encode(flatten(whole)))
  const like = packedWhole && plainOf(packedWhole)
  const packing = Array.from(template, async ([name, parts]) => {
    const bytes = (name === WHOLE && packedWhole) || (await encode(flatten(parts), isSegment(name) ? like : undefined))
    return [name, bytes] as const
  })
  return new Map(await Promise.all(packing))
}

/** @returns the template of a representation; undefined for bytes of another program */
export function unpackTemplate(packed: PackedTemplate, name: Representation): FlatTemplate | undefined {
  const bytes = packed.get(name)
  const whole = isSegment(name) ? packed.get(WHOLE) : undefined
  const template = bytes && decode(bytes, whole && plainOf(whole))
  return isFlatTemplate(template) ? template : undefined
}
