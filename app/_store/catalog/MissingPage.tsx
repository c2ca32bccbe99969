import { getTranslations } from 'next-intl/server'
import { localized, searchPath } from '../../_i18n/paths.ts'
import { ButtonLink } from '../../_ui/Button.tsx'
import type { Locale } from '#lib/platform/locales.ts'
import { EmptyState } from './EmptyState.tsx'
import page from './Page.module.css'

/** Shown where there is no page, with links to other pages. */
export async function MissingPage({ locale }: { locale: Locale }) {
  const t = await getTranslations({ locale, namespace: 'NotFound' })
  return (
    <div className={page.width}>
      <EmptyState title={t('title')} text={t('text')} headingLevel={1}>
        <ButtonLink href={localized(locale, '')}>{t('home')}</ButtonLink>
        <ButtonLink href={localized(locale, searchPath())} variant="secondary">
          {t('search')}
        </ButtonLink>
      </EmptyState>
    </div>
  )
}
