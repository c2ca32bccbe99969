/** Counts of the whole catalog as people who work in the shop narrow it: one pass over three columns. */
import { ACTIVE, ALIVE, type Products } from './products.ts'

/** Products that share all of this. */
export interface StaffCount {
  readonly active: boolean
  readonly brand: string
  /** Ids, as the products are filed. */
  readonly categories: readonly number[]
  readonly products: number
}

export function countForStaff({ length, flags, brands, categories, brandNames, categorySets }: Products): StaffCount[] {
  const [flag, brand, set] = [flags.values, brands.values, categories.values]
  const sets = categorySets.length
  const counts = [
    new Uint32Array(brandNames.texts.length * sets),
    new Uint32Array(brandNames.texts.length * sets),
  ] as const
  const [discontinued, active] = counts
  for (let row = 0; row < length; row += 1) {
    const own = flag[row] ?? 0
    if ((own & ALIVE) === 0) continue
    const of = (own & ACTIVE) === 0 ? discontinued : active
    const at = (brand[row] ?? 0) * sets + (set[row] ?? 0)
    of[at] = (of[at] ?? 0) + 1
  }
  return counts.flatMap((of, isActive) =>
    [...of].flatMap((products, at) =>
      products === 0
        ? []
        : [
            {
              active: isActive === 1,
              brand: brandNames.texts[Math.floor(at / sets)] ?? '',
              categories: categorySets[at % sets] ?? [],
              products,
            },
          ],
    ),
  )
}
