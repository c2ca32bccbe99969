import { KINDS, type KindWords } from './words/index.ts'

export const KIND_COUNT = KINDS.length

/** Products are dealt out to the categories in turn. */
export function kindOf(index: number): KindWords {
  const kind = KINDS[index % KIND_COUNT]
  if (!kind) throw new RangeError(`a product index is a whole number from 0, got ${index}`)
  return kind
}

/** `CHR-000018`: the letters say the category, the number is unique by itself. */
export function skuOf(index: number): string {
  return `${kindOf(index).sku}-${String(index + 1).padStart(6, '0')}`
}
