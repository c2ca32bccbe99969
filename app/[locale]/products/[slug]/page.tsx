import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { cachedProduct } from '#lib/catalog/cached.ts'
import { productIn } from '#lib/catalog/productTexts.ts'
import { someProductSlug } from '#lib/catalog/staticParams.ts'
import { sharedLink } from '../../../_i18n/openGraph.ts'
import { alternates, productPath } from '../../../_i18n/paths.ts'
import { storeLocale } from '../../../_i18n/storeLocale.ts'
import { DiscontinuedProduct } from '../../../_store/catalog/DiscontinuedProduct.tsx'
import { ProductDetails } from '../../../_store/catalog/ProductDetails.tsx'

export const ensureStatic = 'navigation'

type Params = PageProps<'/[locale]/products/[slug]'>['params']

export async function generateStaticParams() {
  return [{ slug: await someProductSlug() }]
}

async function read(params: Params) {
  const { locale, slug } = await params
  const known = storeLocale(locale)
  const product = await cachedProduct(slug)
  if (!product) notFound()
  return { locale: known, product }
}

/** Everything but the price and its picture, which stand in the page itself: see ProductOpenGraph. */
export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  const { locale, product: row } = await read(params)
  const product = productIn(row, locale)
  const title = `${product.name}, ${product.brand}`
  const t = await getTranslations({ locale, namespace: 'Shop' })
  if (product.status === 'discontinued')
    return { title, robots: { index: false }, alternates: alternates(locale, productPath(product.slug)) }
  return {
    title,
    description: product.description,
    alternates: alternates(locale, productPath(product.slug)),
    ...sharedLink(locale, {
      siteName: t('name'),
      title,
      description: product.description,
      path: productPath(product.slug),
      shows: 'product',
    }),
  }
}

export default async function ProductPage({ params }: { params: Params }) {
  const { locale, product } = await read(params)
  return product.status === 'active' ? (
    <ProductDetails product={product} locale={locale} />
  ) : (
    <DiscontinuedProduct product={product} locale={locale} />
  )
}
