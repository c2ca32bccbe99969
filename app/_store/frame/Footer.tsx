import Link from 'next/link'
import { getTranslations } from 'next-intl/server'
import { categoryPath, localized, orderPath, searchPath } from '../../_i18n/paths.ts'
import { cachedNavigation } from '#lib/catalog/cached.ts'
import { nameIn, topCategories } from '#lib/catalog/categories.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { EvergreenMark } from './icons.tsx'
import styles from './Frame.module.css'

export async function Footer({ locale }: { locale: Locale }) {
  const [t, { categories }] = await Promise.all([getTranslations({ locale, namespace: 'Shop' }), cachedNavigation()])
  const search = await getTranslations({ locale, namespace: 'Search' })
  return (
    <footer className={styles.footer}>
      <div className={`${styles.width} ${styles.footerColumns}`}>
        <div>
          <span className={styles.brand}>
            <EvergreenMark />
            {t('name')}
          </span>
          <p>{t('footerText')}</p>
        </div>
        <div>
          <h2>{t('categories')}</h2>
          <ul>
            {topCategories(categories).map((category) => (
              <li key={category.id}>
                <Link href={localized(locale, categoryPath(category.slug))}>{nameIn(category.names, locale)}</Link>
              </li>
            ))}
          </ul>
        </div>
        <div>
          <h2>{t('footerPages')}</h2>
          <ul>
            <li>
              <Link href={localized(locale, '')}>{t('home')}</Link>
            </li>
            <li>
              <Link href={localized(locale, searchPath())}>{search('all')}</Link>
            </li>
            <li>
              <Link href={localized(locale, orderPath())} prefetch={false}>
                {t('findOrder')}
              </Link>
            </li>
          </ul>
        </div>
      </div>
    </footer>
  )
}
