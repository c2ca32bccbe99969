import { getTranslations } from 'next-intl/server'
import { localized, searchPath } from '../../_i18n/paths.ts'
import { artPath } from '#lib/catalog/art/index.ts'
import { ButtonLink } from '../../_ui/Button.tsx'
import type { Locale } from '#lib/platform/locales.ts'
import { Picture } from './Picture.tsx'
import styles from './Hero.module.css'

/** Drawn for this place: the page shows no picture twice. */
const PICTURES = [
  artPath({ form: 'armchair', colour: 'moss', variant: 47 }),
  artPath({ form: 'leafy-plant', colour: 'terracotta', variant: 46 }),
  artPath({ form: 'pendant-lamp', colour: 'ochre', variant: 45 }),
]

interface HeroProps {
  locale: Locale
  /** Whether the page has products further down. */
  hasProducts: boolean
}

export async function Hero({ locale, hasProducts }: HeroProps) {
  const t = await getTranslations({ locale, namespace: 'Home' })
  const sentences = new Intl.Segmenter(locale, { granularity: 'sentence' }).segment(t('heroTitle'))
  return (
    <section className={styles.hero}>
      <div className={styles.inner}>
        <div className={styles.words}>
          <h1>
            {Array.from(sentences, ({ segment }) => (
              <span key={segment}>{segment}</span>
            ))}
          </h1>
          <p>{t('heroText')}</p>
          <div className={styles.actions}>
            {hasProducts ? <ButtonLink href="#featured">{t('heroAction')}</ButtonLink> : null}
            <ButtonLink href={localized(locale, searchPath())} variant="secondary">
              {t('heroSearch')}
            </ButtonLink>
          </div>
        </div>
        <div className={styles.pictures} aria-hidden="true">
          {PICTURES.map((picture) => (
            <div key={picture} className={styles.picture}>
              <Picture src={picture} alt="" eager />
            </div>
          ))}
        </div>
      </div>
    </section>
  )
}
