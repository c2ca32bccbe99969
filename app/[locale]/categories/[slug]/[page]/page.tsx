import { notFound } from 'next/navigation'
import { parsePage } from '#lib/catalog/pagination.ts'
import { someCategorySlug } from '#lib/catalog/staticParams.ts'
import { storeLocale } from '../../../../_i18n/storeLocale.ts'
import { CategoryListing, listingMetadata } from '../../../../_store/catalog/CategoryListing.tsx'

export const ensureStatic = 'navigation'

type Params = PageProps<'/[locale]/categories/[slug]/[page]'>['params']

export async function generateStaticParams() {
  return [{ slug: await someCategorySlug(), page: '2' }]
}

async function addressOf(params: Params) {
  const { locale, slug, page: text } = await params
  const page = parsePage(text)
  // The first page has its address without a number, and only that one.
  if (page === undefined || page === 1) notFound()
  return { locale: storeLocale(locale), slug, page }
}

export async function generateMetadata({ params }: { params: Params }) {
  return listingMetadata(await addressOf(params))
}

export default async function CategoryNumberedPage({ params }: { params: Params }) {
  return <CategoryListing {...await addressOf(params)} />
}
