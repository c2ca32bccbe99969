/** What a SKU that no product has was most likely meant to be: to be named in a message, never to be taken. */
import { db } from '#lib/platform/db.ts'
import { withoutInvisible } from './sku.ts'

function variantsOf(sku: string): string[] {
  const visible = withoutInvisible(sku)
  return [
    visible,
    visible.toUpperCase(),
    visible.toLowerCase(),
    visible.normalize('NFC'),
    visible.normalize('NFKC').toUpperCase(),
  ].filter((variant) => variant !== sku)
}

/** @returns for those of the SKUs that have one, the SKU of a product that differs only in case or in what cannot be seen */
export async function nearSkus(skus: readonly string[]): Promise<Map<string, string>> {
  const variants = new Map(skus.map((sku) => [sku, variantsOf(sku)]))
  const asked = [...new Set([...variants.values()].flat())]
  if (asked.length === 0) return new Map()
  const products = await db().product.findMany({ where: { sku: { in: asked } }, select: { sku: true } })
  const known = new Set(products.map(({ sku }) => sku))
  return new Map(
    [...variants].flatMap(([sku, all]) => {
      const near = all.find((variant) => known.has(variant))
      return near === undefined ? [] : [[sku, near] as const]
    }),
  )
}
