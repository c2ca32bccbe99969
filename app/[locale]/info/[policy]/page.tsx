import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { isPolicy, POLICIES } from '#lib/catalog/policies.ts'
import { fillText } from '../../../_i18n/fillText.ts'
import { messagesFor } from '../../../_i18n/messages.ts'
import { sharedLink } from '../../../_i18n/openGraph.ts'
import { alternates, localized, policyPath } from '../../../_i18n/paths.ts'
import { policyText } from '../../../_i18n/policies.ts'
import { storeLocale } from '../../../_i18n/storeLocale.ts'
import { Breadcrumbs } from '../../../_store/catalog/Breadcrumbs.tsx'
import page from '../../../_store/catalog/Page.module.css'
import { policyValues } from '../../../_store/info/policyValues.ts'
import styles from '../../../_store/info/Policy.module.css'

export const ensureStatic = 'navigation'

type Params = PageProps<'/[locale]/info/[policy]'>['params']

export function generateStaticParams() {
  return POLICIES.map((policy) => ({ policy }))
}

async function read(params: Params) {
  const { locale: language, policy } = await params
  const locale = storeLocale(language)
  if (!isPolicy(policy)) notFound()
  const [text, { Checkout }] = await Promise.all([policyText(locale, policy), messagesFor(locale)])
  const values = policyValues(Checkout, locale)
  return { locale, policy, text, filled: (words: string) => fillText(words, values) }
}

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  const { locale, policy, text, filled } = await read(params)
  const t = await getTranslations({ locale, namespace: 'Shop' })
  const [title, description, path] = [text.title, filled(text.intro), policyPath(policy)]
  return {
    title,
    description,
    alternates: alternates(locale, path),
    ...sharedLink(locale, { siteName: t('name'), title, description, path }),
  }
}

export default async function PolicyPage({ params }: { params: Params }) {
  const { locale, text, filled } = await read(params)
  const [t, product] = await Promise.all([
    getTranslations({ locale, namespace: 'Shop' }),
    getTranslations({ locale, namespace: 'Product' }),
  ])
  return (
    <div className={page.width}>
      <Breadcrumbs
        label={product('breadcrumbs')}
        crumbs={[{ name: t('home'), path: localized(locale, '') }, { name: text.title }]}
      />
      <article className={styles.policy}>
        <header className={page.head}>
          <h1>{text.title}</h1>
          <p className={page.quiet}>{filled(text.intro)}</p>
        </header>
        {text.sections.map(({ heading, text: paragraphs }) => (
          <section key={heading}>
            <h2>{filled(heading)}</h2>
            {paragraphs.map((paragraph) => (
              <p key={paragraph}>{filled(paragraph)}</p>
            ))}
          </section>
        ))}
      </article>
    </div>
  )
}
