import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { taggedMissing } from '#lib/catalog/cached.ts'
import { MISSING_PAGE } from '#lib/catalog/existence.ts'
import { storeLocale } from '../../_i18n/storeLocale.ts'
import { MissingPage } from '../../_store/catalog/MissingPage.tsx'

export const ensureStatic = 'navigation'

type Props = PageProps<'/[locale]/[...rest]'>

/** One page a language: the fast path answers every address with it that no page is at. */
export function generateStaticParams() {
  return [{ rest: [MISSING_PAGE] }]
}

async function addressOf(params: Props['params']) {
  const { locale, rest } = await params
  if (rest.join('/') !== MISSING_PAGE) notFound()
  return storeLocale(locale)
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const locale = await addressOf(params)
  const t = await getTranslations({ locale, namespace: 'NotFound' })
  return { title: { absolute: t('title') }, robots: { index: false } }
}

export default async function UnknownPage({ params }: Props) {
  const [locale] = await Promise.all([addressOf(params), taggedMissing()])
  return <MissingPage locale={locale} />
}
