/** Counts of the whole catalog as people who work in the shop narrow it: one pass over two columns. */
import { ACTIVE, ALIVE, type Products } from './products.ts'

/** Products that share all of this, or some of them: several may say the same. */
export interface StaffCount {
  readonly active: boolean
  readonly brand: string
  /** Ids, as the products are filed. */
  readonly categories: readonly number[]
  readonly products: number
}

export function countForStaff({ length, flags, traitsOf, traits }: Products): StaffCount[] {
  const [flag, number] = [flags.values, traitsOf.values]
  // By traits, one for each status.
  const counts = new Uint32Array(2 * traits.size)
  for (let row = 0; row < length; row += 1) {
    const own = flag[row] ?? 0
    if ((own & ALIVE) === 0) continue
    const at = 2 * (number[row] ?? 0) + ((own & ACTIVE) === 0 ? 0 : 1)
    counts[at] = (counts[at] ?? 0) + 1
  }
  return [...counts].flatMap((products, at) => {
    if (products === 0) return []
    const { brand, categories } = traits.named(at >> 1)
    return [{ active: at % 2 === 1, brand, categories, products }]
  })
}
