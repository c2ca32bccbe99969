import { KIND_COUNT } from './sku.ts'

const RELATED_COUNT = 6
/** The first products choose among each other; later ones among those that came before them. */
const FIRST = 14 * KIND_COUNT
/** How far back to look on the same shelf. */
const REACH = 36

/**
 * The indexes shown next to product `index`: six from its own category where there are as many, and never one
 * that is inserted later than its batch.
 * @param size how many products there are in all
 */
export function relatedTo(index: number, size: number): number[] {
  const shelf = index % KIND_COUNT
  const end = index < FIRST ? Math.min(FIRST, size) : index
  const start = index < FIRST ? shelf : Math.max(shelf, index - REACH * KIND_COUNT)
  const neighbours: number[] = []
  for (let other = start; other < end; other += KIND_COUNT) if (other !== index) neighbours.push(other)
  for (let other = 0; neighbours.length < RELATED_COUNT && other < end; other += 1) {
    if (other !== index && !neighbours.includes(other)) neighbours.push(other)
  }
  // A stride that has no factor in common with the length visits every neighbour once.
  const turn = Math.floor(index / KIND_COUNT)
  const stride = [7, 5, 11, 13, 1].find((step) => neighbours.length % step !== 0) ?? 1
  return Array.from(
    { length: Math.min(RELATED_COUNT, neighbours.length) },
    (_, i) => neighbours[(turn * 3 + i * stride) % neighbours.length]!,
  )
}
