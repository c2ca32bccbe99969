import Link from 'next/link'
import { getTranslations } from 'next-intl/server'
import { categoryPath, localized, orderPath, policyPath, searchPath } from '../../_i18n/paths.ts'
import { policyText } from '../../_i18n/policies.ts'
import { nameIn, topCategories } from '#lib/catalog/categories.ts'
import type { Policy } from '#lib/catalog/policies.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { EvergreenMark } from './icons.tsx'
import { LanguageLinks } from './LanguageLinks.tsx'
import { frameCategories } from './frameCategories.ts'
import styles from './Frame.module.css'

const HELP = ['delivery', 'returns'] as const
const ABOUT = ['privacy', 'terms', 'imprint'] as const

export async function Footer({ locale }: { locale: Locale }) {
  const [t, search, categories] = await Promise.all([
    getTranslations({ locale, namespace: 'Shop' }),
    getTranslations({ locale, namespace: 'Search' }),
    frameCategories(),
  ])
  const policies = (names: readonly Policy[]) =>
    Promise.all(
      names.map(async (policy) => ({
        name: (await policyText(locale, policy)).title,
        path: localized(locale, policyPath(policy)),
      })),
    )
  const columns = [
    {
      title: t('footerPages'),
      links: [
        ...topCategories(categories).map(({ names, slug }) => ({
          name: nameIn(names, locale),
          path: localized(locale, categoryPath(slug)),
        })),
        { name: search('all'), path: localized(locale, searchPath()) },
      ],
    },
    {
      title: t('footerHelp'),
      links: [...(await policies(HELP)), { name: t('findOrder'), path: localized(locale, orderPath()) }],
    },
    { title: t('footerAbout'), links: await policies(ABOUT) },
  ]
  return (
    <footer className={styles.footer}>
      <div className={`${styles.width} ${styles.footerColumns}`}>
        <div className={styles.footerShop}>
          <Link href={localized(locale, '')} className={styles.brand} prefetch={false}>
            <EvergreenMark />
            {t('name')}
          </Link>
          <p>{t('footerText')}</p>
        </div>
        {columns.map(({ title, links }) => (
          <div key={title}>
            <h2>{title}</h2>
            <ul>
              {links.map(({ name, path }) => (
                <li key={path}>
                  {/* Seen at the end of every page: not loaded ahead for each of them. */}
                  <Link href={path} prefetch={false}>
                    {name}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
      <div className={`${styles.width} ${styles.footerEnd}`}>
        <nav aria-label={t('language')}>
          <LanguageLinks />
        </nav>
        <p>{t('footerPrices')}</p>
      </div>
    </footer>
  )
}
