import { locale as rootLocale } from 'next/root-params'
import { getTranslations } from 'next-intl/server'
import { MissingPage } from '../_store/catalog/MissingPage.tsx'
import { DEFAULT_LOCALE, isLocale } from '#lib/platform/locales.ts'

export default async function NotFound() {
  const asked = await rootLocale()
  const locale = isLocale(asked) ? asked : DEFAULT_LOCALE
  const t = await getTranslations({ locale, namespace: 'NotFound' })
  return (
    <>
      <title>{t('title')}</title>
      <MissingPage locale={locale} />
    </>
  )
}
