import { someCategorySlug } from '#lib/catalog/staticParams.ts'
import { storeLocale } from '../../../_i18n/storeLocale.ts'
import { CategoryListing, listingMetadata } from '../../../_store/catalog/CategoryListing.tsx'

export const ensureStatic = 'navigation'

export async function generateStaticParams() {
  return [{ slug: await someCategorySlug() }]
}

async function addressOf(params: PageProps<'/[locale]/categories/[slug]'>['params']) {
  const { locale, slug } = await params
  return { locale: storeLocale(locale), slug, page: 1 }
}

export async function generateMetadata({ params }: PageProps<'/[locale]/categories/[slug]'>) {
  return listingMetadata(await addressOf(params))
}

export default async function CategoryPage({ params }: PageProps<'/[locale]/categories/[slug]'>) {
  return <CategoryListing {...await addressOf(params)} />
}
