/**
 * Groups products that are colours and sizes of one thing. The group depends on the index alone, as everything of a product does: of eight
 * turns through the categories six bring one more of the same thing, and two a thing of its own.
 */
import type { Colour } from '#lib/catalog/art/palette.ts'
import { KIND_COUNT, kindOf } from './sku.ts'

/** The first products are things of their own: small catalogs, as tests have them, stay as they are. */
const FIRST_TURN = 14
const TURNS = 8
const MEMBERS = 6

export interface GroupPlace {
  /** Index of the first product of the group. */
  readonly lead: number
  /** From 0. */
  readonly place: number
}

/** @returns undefined for a product that is a thing of its own */
export function groupOf(index: number): GroupPlace | undefined {
  const turn = Math.floor(index / KIND_COUNT) - FIRST_TURN
  const place = turn % TURNS
  return turn < 0 || place >= MEMBERS ? undefined : { lead: index - place * KIND_COUNT, place }
}

/** The indexes of all that are in the group that begins with `lead`. */
export function membersFrom(lead: number): number[] {
  return Array.from({ length: MEMBERS }, (_, place) => lead + place * KIND_COUNT)
}

/** Steps through the palette, so that neighbours differ: it has no factor in common with the number of colours. */
const STRIDE = 5

/**
 * The colour and the size of a product of a group: all sizes of the first colour, then those of the next.
 * @param colour of the first of them
 */
export function variantOf(
  { lead, place }: GroupPlace,
  colour: Colour,
): { colour: Colour; size?: string; step: number } {
  const { colours, sizes } = kindOf(lead)
  const nth = sizes ? Math.floor(place / sizes.length) : place
  const start = colours.findIndex((own) => own === colour)
  const own = colours[(start + nth * STRIDE) % colours.length] ?? colour
  if (!sizes) return { colour: own, step: place < 4 ? 0 : 1 }
  const at = place % sizes.length
  return { colour: own, size: sizes[at] ?? '', step: at }
}
