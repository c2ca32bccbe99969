/**
 * Makes product number `index`. The product depends on the index alone, never on how many products there are, so a
 * catalog can grow later and a seed that was broken off can start again.
 */
import { faker } from '@faker-js/faker/locale/en'
import { artPath, ART_VARIANTS } from '#lib/catalog/art/index.ts'
import type { Colour } from '#lib/catalog/art/palette.ts'
import { groupOf, variantOf } from './groups.ts'
import { seedPrice, type SeedPrice } from './prices.ts'
import { KIND_COUNT, kindOf, skuOf } from './sku.ts'
import { translate, type Translation } from './translate.ts'

const SEED = 20_261_121

export interface ProductSeed extends SeedPrice, Pick<Translation, 'names' | 'descriptions'> {
  readonly slug: string
  readonly sku: string
  readonly name: string
  readonly description: string
  readonly brand: string
  readonly colour: string
  readonly size: string | null
  readonly group: { readonly lead: number; readonly name: string; readonly names: Translation['names'] } | null
  readonly image: string
  readonly rank: number
  readonly stock: number
  readonly category: string
}

/** Most products plenty, some few, some none. The migration that made the table has the same numbers for the ids of a first seed. */
function stockOf(index: number): number {
  const n = index + 1
  if (n % 29 === 0) return 0
  return n % 11 === 4 ? 1 + (n % 5) : 12 + (((n % 160) * 37) % 160)
}

const slugify = (text: string) =>
  text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

const capitalize = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

function fillIn(sentence: string, words: Record<string, string>): string {
  const text = sentence.replace(/\{(\w+)\}/g, (_, slot: string) => words[slot] ?? slot)
  return capitalize(text.replace(/\b([Aa]) (?=[aeiou])/g, '$1n '))
}

interface Thing {
  readonly type: string
  readonly model: string
  readonly material: string
  readonly colour: Colour
  readonly brand: string
  readonly sentences: readonly string[]
  readonly position: number
  readonly ending: number
}

/** The random choices for an index, always in this order. */
function draw(index: number): Thing & { rank: number; reduced: boolean } {
  const kind = kindOf(index)
  faker.seed([SEED, index])
  const pick = <T>(from: readonly T[]): T => faker.helpers.arrayElement(from)
  return {
    colour: pick(kind.colours),
    type: pick(formOf(index).types),
    model: pick(kind.models),
    material: pick(kind.materials),
    brand: pick(kind.brands),
    sentences: [
      pick(kind.openings),
      ...faker.helpers.arrayElements(kind.features, { min: 1, max: 2 }),
      pick(kind.details),
    ],
    rank: faker.number.int({ min: 0, max: 1_000_000 }),
    position: faker.number.float(),
    ending: faker.number.float(),
    reduced: faker.number.int({ min: 0, max: 4 }) === 0,
  }
}

const turnOf = (index: number) => Math.floor(index / KIND_COUNT)

/** Forms and pictures are dealt out in turn, so neighbours on a shelf differ. */
function formOf(index: number) {
  const { forms } = kindOf(index)
  return forms[turnOf(index) % forms.length]!
}

/** A larger one costs so much more, as a part of the range of prices. */
const STEP = 0.12

export function productSeed(index: number): ProductSeed {
  const kind = kindOf(index)
  const group = groupOf(index)
  const { rank, reduced, ...own } = draw(index)
  const lead = group?.lead ?? index
  const thing: Thing = lead === index ? own : draw(lead)
  const { type, model, material, brand, sentences, position, ending } = thing
  const variant = group ? variantOf(group, thing.colour) : { colour: thing.colour, step: 0 }
  const { colour, size, step } = variant
  const { form, euros } = formOf(lead)

  const words = { type: type.toLowerCase(), colour, material: material.toLowerCase(), model, brand }
  const naming = kind.naming ?? '{model} {material} {type}, {colour}'
  const named = { model, type, material, colour: capitalize(colour) }
  const groupName = fillIn(naming.replace(/,? \{colour\}/, ''), named)
  const name = [fillIn(naming, named), ...(size === undefined ? [] : [size])].join(', ')
  const translation = translate({
    kind,
    type,
    material,
    colour,
    model,
    brand,
    sentences,
    ...(size !== undefined && { size }),
  })

  return {
    slug: `${slugify(name)}-${index + 1}`,
    sku: skuOf(index),
    name,
    description: sentences.map((sentence) => fillIn(sentence, words)).join(' '),
    brand,
    colour,
    size: size ?? null,
    group: group ? { lead: group.lead, name: groupName, names: translation.groupNames } : null,
    names: translation.names,
    descriptions: translation.descriptions,
    image: artPath({
      form,
      colour,
      variant: (7 * Math.floor(turnOf(lead) / kind.forms.length) + 11 * lead) % ART_VARIANTS,
    }),
    rank,
    stock: stockOf(index),
    category: kind.category,
    ...seedPrice(euros, Math.min(1, position + step * STEP), ending, reduced),
  }
}
