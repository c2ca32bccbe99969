import { getTranslations } from 'next-intl/server'
import { RETURN_DAYS } from '#lib/catalog/policies.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { messagesFor } from '../../_i18n/messages.ts'
import { localized, policyPath } from '../../_i18n/paths.ts'
import { IntentLink } from '../catalog/IntentLink.tsx'
import styles from './DeliveryTerms.module.css'
import { deliveryLines } from './deliveryLines.ts'

/** The price of a delivery, and the terms of a return. */
export async function DeliveryTerms({ locale }: { locale: Locale }) {
  const [t, { Checkout }] = await Promise.all([getTranslations({ locale, namespace: 'Product' }), messagesFor(locale)])
  return (
    <section aria-labelledby="delivery" className={styles.terms}>
      <h2 id="delivery">{t('deliveryTitle')}</h2>
      <dl>
        {deliveryLines(Checkout, locale).map(({ method, name, price }) => (
          <div key={method}>
            <dt>{name}</dt>
            <dd>{price}</dd>
          </div>
        ))}
      </dl>
      <p>{t('returnsText', { days: RETURN_DAYS })}</p>
      <p className={styles.links}>
        <IntentLink href={localized(locale, policyPath('delivery'))}>{t('deliveryMore')}</IntentLink>
        <IntentLink href={localized(locale, policyPath('returns'))}>{t('returnsMore')}</IntentLink>
      </p>
    </section>
  )
}
