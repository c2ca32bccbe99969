import { locale as rootLocale } from 'next/root-params'
import { getTranslations } from 'next-intl/server'
import { localized, searchPath } from '../_i18n/paths.ts'
import { EmptyState } from '../_store/catalog/EmptyState.tsx'
import page from '../_store/catalog/Page.module.css'
import { ButtonLink } from '../_ui/Button.tsx'
import { DEFAULT_LOCALE, isLocale } from '#lib/platform/locales.ts'

export default async function NotFound() {
  const asked = await rootLocale()
  const locale = isLocale(asked) ? asked : DEFAULT_LOCALE
  const t = await getTranslations({ locale, namespace: 'NotFound' })
  return (
    <div className={page.width}>
      <title>{t('title')}</title>
      <EmptyState title={t('title')} text={t('text')} headingLevel={1}>
        <ButtonLink href={localized(locale, '')}>{t('home')}</ButtonLink>
        <ButtonLink href={localized(locale, searchPath())} variant="secondary">
          {t('search')}
        </ButtonLink>
      </EmptyState>
    </div>
  )
}
