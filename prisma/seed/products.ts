/**
 * What product number `index` is. It depends on the index alone, never on how many products there are, so a
 * catalog can grow later and a seed that was broken off can start again.
 */
import { faker } from '@faker-js/faker/locale/en'
import { artPath, ART_VARIANTS } from '#lib/catalog/art/index.ts'
import { seedPrice, type SeedPrice } from './prices.ts'
import { KIND_COUNT, kindOf, skuOf } from './sku.ts'
import { translate, type Translation } from './translate.ts'

const SEED = 20_261_121

export interface ProductSeed extends SeedPrice, Translation {
  readonly slug: string
  readonly sku: string
  readonly name: string
  readonly description: string
  readonly brand: string
  readonly colour: string
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

export function productSeed(index: number): ProductSeed {
  const kind = kindOf(index)
  faker.seed([SEED, index])
  const pick = <T>(from: readonly T[]): T => faker.helpers.arrayElement(from)

  // Forms and pictures are dealt out in turn, so neighbours on a shelf differ.
  const turn = Math.floor(index / KIND_COUNT)
  const { form, types, euros } = kind.forms[turn % kind.forms.length]!
  const colour = pick(kind.colours)
  const [type, model, material, brand] = [pick(types), pick(kind.models), pick(kind.materials), pick(kind.brands)]
  const name = fillIn(kind.naming ?? '{model} {material} {type}, {colour}', {
    model,
    material,
    type,
    colour: capitalize(colour),
  })
  const words = { type: type.toLowerCase(), colour, material: material.toLowerCase(), model, brand }
  const sentences = [
    pick(kind.openings),
    ...faker.helpers.arrayElements(kind.features, { min: 1, max: 2 }),
    pick(kind.details),
  ]

  return {
    slug: `${slugify(name)}-${index + 1}`,
    sku: skuOf(index),
    name,
    description: sentences.map((sentence) => fillIn(sentence, words)).join(' '),
    brand,
    colour,
    ...translate({ kind, type, material, colour, model, brand, sentences }),
    image: artPath({ form, colour, variant: (7 * Math.floor(turn / kind.forms.length) + 11 * index) % ART_VARIANTS }),
    rank: faker.number.int({ min: 0, max: 1_000_000 }),
    stock: stockOf(index),
    category: kind.category,
    ...seedPrice(euros, faker.number.float(), faker.number.float(), faker.number.int({ min: 0, max: 4 }) === 0),
  }
}
