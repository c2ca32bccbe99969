/** The one page of each route that is rendered while building: proof that the route is static. The others follow on demand. */
import { PRODUCTS_PER_PAGE } from './pagination.ts'
import { readCategoryTiles, readCategoryTotal } from './queries.ts'

/** Next asks for at least one page. With an empty catalog it is one that is not found. */
const NOWHERE = 'nothing-here-yet'

export async function someProductSlug(): Promise<string> {
  const { tiles } = await readCategoryTiles()
  return tiles.find(({ cover }) => cover)?.cover?.slug ?? NOWHERE
}

export async function someCategorySlug(): Promise<string> {
  const { tiles } = await readCategoryTiles()
  for (const { slug } of tiles) {
    const found = await readCategoryTotal(slug)
    if (found && found.total > PRODUCTS_PER_PAGE) return slug
  }
  return tiles[0]?.slug ?? NOWHERE
}
