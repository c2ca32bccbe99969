import { nameIn } from '#lib/catalog/categories.ts'
import { publishShown } from '#lib/catalog/coherence.ts'
import { FEATURED, listPreviewPath } from '#lib/catalog/previewPaths.ts'
import { readProductList } from '#lib/catalog/queries.ts'
import { versioned } from '#lib/catalog/resources.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { LIST_PICTURES } from './listCard.ts'
import type { Preview, PreviewTexts } from './sendSharedPicture.ts'

/**
 * @param slug of a category, or `FEATURED` for the home page
 * @param version that the address names: another one leads to the current address
 */
export async function listPreview(
  slug: string,
  version: number,
  locale: Locale,
  texts: PreviewTexts,
): Promise<Preview> {
  const isHome = slug === FEATURED
  const list = await readProductList(slug, isHome ? 'collection' : 'category', 1, LIST_PICTURES)
  if (!list) return { status: 404, text: 'There is no such category.' }
  const { category, products } = list
  const tag = versioned('category', category.id, category.version)
  await publishShown([tag])
  if (version !== category.version) return { status: 307, location: listPreviewPath(category, locale) }
  const title = isHome ? texts.home : nameIn(category.names, locale)
  const pictures = products.map(({ image }) => image)
  return { drawing: { list: { title, pictures } }, tags: `category:${category.id},${tag}` }
}
