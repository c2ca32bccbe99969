import { sneakers, sunglasses, watches } from './accessories.ts'
import { lamps, plants, vases } from './decor.ts'
import { headphones, laptops, speakers } from './electronics.ts'
import { chairs, sofas, tables } from './furniture.ts'
import { cookware, kettles, mugs } from './kitchen.ts'
import type { KindWords } from './kind.ts'
import { backpacks, bottles, tents } from './outdoor.ts'

/** In the order in which products are dealt out: neighbours come from different rooms of the shop. */
export const KINDS: readonly KindWords[] = [
  chairs,
  lamps,
  mugs,
  headphones,
  sneakers,
  backpacks,
  sofas,
  vases,
  kettles,
  laptops,
  watches,
  bottles,
  tables,
  plants,
  cookware,
  speakers,
  sunglasses,
  tents,
]

export type { KindWords }
