import { getTranslations } from 'next-intl/server'
import { localized, searchPath } from '../../_i18n/paths.ts'
import { ButtonLink } from '../../_ui/Button.tsx'
import type { Locale } from '#lib/platform/locales.ts'
import styles from './Hero.module.css'
import { Picture } from './Picture.tsx'

/** @param pictures up to three, of products that the page shows */
export async function Hero({ locale, pictures }: { locale: Locale; pictures: readonly string[] }) {
  const t = await getTranslations({ locale, namespace: 'Home' })
  return (
    <section className={styles.hero}>
      <div className={styles.inner}>
        <div className={styles.words}>
          <h1>{t('heroTitle')}</h1>
          <p>{t('heroText')}</p>
          <div className={styles.actions}>
            {pictures.length > 0 ? <ButtonLink href="#featured">{t('heroAction')}</ButtonLink> : null}
            <ButtonLink href={localized(locale, searchPath())} variant="secondary">
              {t('heroSearch')}
            </ButtonLink>
          </div>
        </div>
        <div className={styles.pictures} aria-hidden="true">
          {pictures.map((picture) => (
            <div key={picture} className={styles.picture}>
              <Picture src={picture} alt="" eager />
            </div>
          ))}
        </div>
      </div>
    </section>
  )
}
