import { getTranslations } from 'next-intl/server'
import type { Locale } from '#lib/platform/locales.ts'
import { pageLinks } from '#lib/catalog/pagination.ts'
import { IntentLink } from './IntentLink.tsx'
import styles from './Pagination.module.css'

interface PaginationProps {
  page: number
  pages: number
  locale: Locale
  hrefOf: (page: number) => string
}

export async function Pagination({ page, pages, locale, hrefOf }: PaginationProps) {
  if (pages <= 1) return null
  const t = await getTranslations({ locale, namespace: 'Category' })
  return (
    <nav aria-label={t('pages')} className={styles.pagination}>
      {page > 1 ? (
        <IntentLink href={hrefOf(page - 1)} rel="prev" className={styles.step}>
          <span aria-hidden="true">← </span>
          {t('previous')}
        </IntentLink>
      ) : null}
      <ul>
        {pageLinks(page, pages).map((link, i) =>
          link === 'gap' ? (
            // oxlint-disable-next-line react/no-array-index-key -- a gap has nothing but its place
            <li key={`gap ${i}`} aria-hidden="true">
              …
            </li>
          ) : (
            <li key={link}>
              <IntentLink
                href={hrefOf(link)}
                aria-label={t('page', { page: link })}
                aria-current={link === page ? 'page' : undefined}
              >
                {link}
              </IntentLink>
            </li>
          ),
        )}
      </ul>
      {page < pages ? (
        <IntentLink href={hrefOf(page + 1)} rel="next" className={styles.step}>
          {t('next')}
          <span aria-hidden="true"> →</span>
        </IntentLink>
      ) : null}
    </nav>
  )
}
