import { getTranslations } from 'next-intl/server'
import { productName, textLanguage } from '#lib/catalog/productTexts.ts'
import type { Product, Variant } from '#lib/catalog/rows.ts'
import { shownStock } from '#lib/catalog/slots.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { messagesFor } from '../../_i18n/messages.ts'
import { localized, productPath } from '../../_i18n/paths.ts'
import { Swatch } from './Swatch.tsx'
import { IntentLink } from './IntentLink.tsx'
import { colourName, optionValues } from './variants.ts'
import styles from './Variants.module.css'
import { VariantState } from './VariantState.tsx'

/** The colours and sizes of a product: each is a link to the page of another product of the group. */
export async function Variants({ product, locale }: { product: Product; locale: Locale }) {
  const { Product: labels, Colours } = await messagesFor(locale)
  const groups = (['colour', 'size'] as const).flatMap((option) => {
    const values = optionValues(product, option)
    return values.length === 0 ? [] : [{ option, values }]
  })
  if (groups.length === 0) return null
  const nameOf = (option: 'colour' | 'size', value: string) =>
    option === 'colour' ? colourName(value, Colours) : value
  return (
    <div className={styles.variants}>
      {groups.map(({ option, values }) => (
        <nav key={option} aria-labelledby={`variant-${option}`}>
          <p id={`variant-${option}`}>
            {labels[option]}: <strong>{nameOf(option, product[option] ?? '')}</strong>
          </p>
          <ul className={styles.options}>
            {values.map((one) => (
              <li key={one.value}>
                <VariantLink
                  member={one.member}
                  name={nameOf(option, one.value)}
                  colour={option === 'colour' ? one.value : null}
                  current={one.member.id === product.id}
                  locale={locale}
                />
              </li>
            ))}
          </ul>
        </nav>
      ))}
    </div>
  )
}

/** All that is sold of the group, on the page of one that no longer is. */
export async function SoldVariants({ product: { group }, locale }: { product: Product; locale: Locale }) {
  if (!group || group.members.length === 0) return null
  const { Colours } = await messagesFor(locale)
  return (
    <nav aria-labelledby="variants">
      <p id="variants" {...textLanguage(group.names, locale)}>
        {productName(group, locale)}
      </p>
      <ul className={styles.options}>
        {group.members.map((member) => (
          <li key={member.id}>
            <VariantLink
              member={member}
              name={[member.colour === null ? [] : colourName(member.colour, Colours), member.size ?? []]
                .flat()
                .join(', ')}
              colour={member.colour}
              locale={locale}
            />
          </li>
        ))}
      </ul>
    </nav>
  )
}

interface VariantLinkProps {
  member: Variant
  name: string
  /** Shown before the name. */
  colour: string | null
  current?: boolean
  locale: Locale
}

function VariantLink({ member, name, colour, current = false, locale }: VariantLinkProps) {
  return (
    <IntentLink
      href={localized(locale, productPath(member.slug))}
      className={styles.option}
      aria-current={current ? 'page' : undefined}
    >
      {colour === null ? null : <Swatch colour={colour} className={styles.swatch} />}
      {name}
      <span className="visually-hidden">
        <VariantState price={member.price} texts={shownStock(member.price, locale)} />
      </span>
    </IntentLink>
  )
}

/** The number of colours of a product, on its card. */
export async function CardColours({ colours, locale }: { colours: readonly string[]; locale: Locale }) {
  if (colours.length < 2) return null
  const t = await getTranslations({ locale, namespace: 'Product' })
  return (
    <p className={styles.dots}>
      {colours.map((colour) => (
        <Swatch key={colour} colour={colour} className={styles.dot} />
      ))}
      <span>{t('colours', { count: colours.length })}</span>
    </p>
  )
}
