import { readPriceAtVersion } from '#lib/catalog/prices/priceAtVersion.ts'
import { priceTexts } from '#lib/catalog/prices/priceTexts.ts'
import { productName } from '#lib/catalog/productTexts.ts'
import type { Locale } from '#lib/platform/locales.ts'
import type { Preview, PreviewTexts } from './sendSharedPicture.ts'

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
  // Who can be told that the product has another name, or is gone.
  return { drawing: { product }, tags: `product:${id},product:${id}@${productVersion}` }
}
