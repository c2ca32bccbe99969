import { getTranslations } from 'next-intl/server'
import { messagesFor } from '../../_i18n/messages.ts'
import { categoryPath, localized, searchPath } from '../../_i18n/paths.ts'
import { taggedLocale } from '#lib/catalog/cached.ts'
import { nameIn, topCategories } from '#lib/catalog/categories.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { SearchBox } from '../search/SearchBox.tsx'
import { CartLink } from './CartLink.tsx'
import { EvergreenMark, SearchIcon } from './icons.tsx'
import { frameCategories } from './frameCategories.ts'
import { IntentLink } from '../catalog/IntentLink.tsx'
import styles from './Frame.module.css'
import { LanguageMenu } from './LanguageMenu.tsx'
import { NavLink } from './NavLink.tsx'

export async function Header({ locale }: { locale: Locale }) {
  const [t, categories, { Search }] = await Promise.all([
    getTranslations({ locale, namespace: 'Shop' }),
    frameCategories(),
    messagesFor(locale),
    taggedLocale(locale),
  ])
  return (
    <header className={styles.header}>
      <div className={`${styles.width} ${styles.bar}`}>
        <IntentLink href={localized(locale, '')} className={styles.brand}>
          <EvergreenMark />
          <span className={styles.brandName}>{t('name')}</span>
        </IntentLink>
        <search className={styles.searchBox}>
          <SearchBox
            action={localized(locale, searchPath())}
            locale={locale}
            labels={{ suggestions: Search.suggestions, allResults: Search.allResults }}
          >
            <label htmlFor="site-search" className="visually-hidden">
              {t('searchPlaceholder')}
            </label>
            <input
              id="site-search"
              name="q"
              type="search"
              placeholder={t('search')}
              maxLength={100}
              autoComplete="off"
            />
            <button type="submit" aria-label={t('search')}>
              <SearchIcon />
            </button>
          </SearchBox>
        </search>
        <LanguageMenu label={t('language')} />
        <CartLink />
      </div>
      {categories.length === 0 ? null : (
        <div className={styles.width}>
          <nav className={styles.nav} aria-label={t('categories')}>
            {topCategories(categories).map((category) => (
              <NavLink key={category.id} href={localized(locale, categoryPath(category.slug))}>
                {nameIn(category.names, locale)}
              </NavLink>
            ))}
          </nav>
        </div>
      )}
    </header>
  )
}
