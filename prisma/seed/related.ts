import { KIND_COUNT } from './sku.ts'
import { KINDS } from './words/index.ts'

const RELATED_COUNT = 6
/** The first products choose among each other; later ones among those that came before them. */
const FIRST = 14 * KIND_COUNT

/** The categories of products that are used together with a kind: six other categories, the nearest first. */
const COMPLEMENTS: Readonly<Record<string, readonly string[]>> = {
  chairs: ['tables', 'lamps', 'plants', 'mugs', 'vases', 'sofas'],
  lamps: ['tables', 'sofas', 'chairs', 'plants', 'vases', 'speakers'],
  mugs: ['kettles', 'cookware', 'tables', 'chairs', 'vases', 'bottles'],
  headphones: ['laptops', 'speakers', 'watches', 'backpacks', 'chairs', 'lamps'],
  sneakers: ['backpacks', 'watches', 'bottles', 'sunglasses', 'headphones', 'tents'],
  backpacks: ['bottles', 'sneakers', 'laptops', 'tents', 'sunglasses', 'headphones'],
  sofas: ['tables', 'lamps', 'plants', 'speakers', 'vases', 'chairs'],
  vases: ['plants', 'tables', 'lamps', 'sofas', 'mugs', 'chairs'],
  kettles: ['mugs', 'cookware', 'tables', 'chairs', 'bottles', 'vases'],
  laptops: ['headphones', 'backpacks', 'tables', 'chairs', 'lamps', 'speakers'],
  watches: ['sunglasses', 'sneakers', 'backpacks', 'headphones', 'bottles', 'laptops'],
  bottles: ['backpacks', 'sneakers', 'tents', 'mugs', 'watches', 'sunglasses'],
  tables: ['chairs', 'lamps', 'vases', 'plants', 'mugs', 'sofas'],
  plants: ['vases', 'tables', 'lamps', 'sofas', 'chairs', 'kettles'],
  cookware: ['kettles', 'mugs', 'tables', 'chairs', 'plants', 'bottles'],
  speakers: ['headphones', 'sofas', 'laptops', 'tables', 'lamps', 'plants'],
  sunglasses: ['watches', 'sneakers', 'backpacks', 'bottles', 'headphones', 'tents'],
  tents: ['backpacks', 'bottles', 'cookware', 'sneakers', 'lamps', 'sunglasses'],
}

const places = new Map(KINDS.map(({ category }, kind) => [category, kind]))
const complements = KINDS.map(({ category }) => (COMPLEMENTS[category] ?? []).flatMap((name) => places.get(name) ?? []))

/**
 * The indexes shown next to product `index`: one of each category that is used together with its own, in the nearest
 * turn before it or its own, and never one that is inserted later than its batch. A catalog too small for that fills up from its start.
 * @param size how many products there are in all
 */
export function relatedTo(index: number, size: number): number[] {
  const end = index < FIRST ? Math.min(FIRST, size) : index
  const turn = Math.floor(index / KIND_COUNT)
  const related: number[] = []
  for (const shelf of complements[index % KIND_COUNT] ?? []) {
    const own = turn * KIND_COUNT + shelf
    const other = own < end ? own : own - KIND_COUNT
    if (other >= 0) related.push(other)
  }
  for (let other = 0; related.length < RELATED_COUNT && other < end; other += 1) {
    if (other !== index && !related.includes(other)) related.push(other)
  }
  return related
}
