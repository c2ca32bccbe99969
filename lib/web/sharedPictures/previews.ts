/** Finds what a shared picture shows, and judges the version in its address. */
import { nameIn } from '#lib/catalog/categories.ts'
import { publishShown, readStart } from '#lib/catalog/coherence.ts'
import { FEATURED, listPreviewPath } from '#lib/catalog/previewPaths.ts'
import { readPriceAtVersion } from '#lib/catalog/prices/priceAtVersion.ts'
import { priceTexts } from '#lib/catalog/prices/priceTexts.ts'
import { productName } from '#lib/catalog/productTexts.ts'
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
  const start = await readStart()
  const list = await readProductList(slug, isHome ? 'collection' : 'category', 1, LIST_PICTURES)
  if (!list) return { status: 404, text: 'There is no such category.' }
  const { category, products } = list
  const tag = versioned('category', category.id, category.version)
  await publishShown([tag], start)
  if (version !== category.version) return { status: 307, location: listPreviewPath(category, locale) }
  const title = isHome ? texts.home : nameIn(category.names, locale)
  const pictures = products.map(({ image }) => image)
  return { drawing: { list: { title, pictures } }, tags: `category:${category.id},${tag}` }
}

/** @param version of the price */
export async function productPreview(
  id: number,
  version: number,
  locale: Locale,
  texts: PreviewTexts,
): Promise<Preview> {
  const lookup = await readPriceAtVersion(id, version)
  if (lookup.found === 'nothing') return { status: 404, text: 'That version of the price was never committed.' }
  if (lookup.found === 'discontinued') return { status: 410, text: 'This product is no longer sold.' }
  const { brand, image, price, version: productVersion, ...named } = lookup.product
  const { amount, before, saving } = priceTexts(price, locale)
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(price.since))
  const product = {
    name: productName(named, locale),
    brand,
    image,
    amount,
    ...(before !== undefined && saving !== undefined && { reduction: { before, saving: texts.save(saving) } }),
    since: texts.priceOf(date),
  }
  // The tags by which a cache outdates the picture when the product is renamed or gone.
  return { drawing: { product }, tags: `product:${id},product:${id}@${productVersion}` }
}
