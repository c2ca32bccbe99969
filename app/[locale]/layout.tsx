import type { Metadata, Viewport } from 'next'
import { getTranslations } from 'next-intl/server'
import { messagesFor } from '../_i18n/messages.ts'
import { openGraphLocale } from '../_i18n/openGraph.ts'
import { fontClassName } from '../_ui/fonts.ts'
import '../_ui/base.css'
import '../_ui/controls.css'
import { Footer } from '../_store/frame/Footer.tsx'
import styles from '../_store/frame/Frame.module.css'
import { Header } from '../_store/frame/Header.tsx'
import { PriceGate } from '../_store/prices/PriceGate.tsx'
import { LivePrices } from '../_store/prices/LivePrices.tsx'
import { StoreProvider } from '../_store/StoreContext.tsx'
import { DEFAULT_LOCALE, isLocale, LOCALES } from '#lib/platform/locales.ts'
import { env } from '#lib/platform/env.ts'

export function generateStaticParams() {
  return LOCALES.map((locale) => ({ locale }))
}

export const viewport: Viewport = {
  colorScheme: 'light dark',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#fafbf8' },
    { media: '(prefers-color-scheme: dark)', color: '#0e1411' },
  ],
}

/** A page in an unknown language is not found, and says so in English. */
async function layoutLocale(params: Promise<{ locale: string }>) {
  const { locale } = await params
  return isLocale(locale) ? locale : DEFAULT_LOCALE
}

export async function generateMetadata({ params }: LayoutProps<'/[locale]'>): Promise<Metadata> {
  const locale = await layoutLocale(params)
  const t = await getTranslations({ locale, namespace: 'Shop' })
  return {
    metadataBase: new URL(env().PUBLIC_URL),
    title: { default: t('title'), template: `%s · ${t('name')}` },
    description: t('description'),
    openGraph: { siteName: t('name'), type: 'website', locale: openGraphLocale(locale) },
    icons: { icon: { url: '/icon.svg', type: 'image/svg+xml' }, apple: '/apple-touch-icon.png' },
  }
}

export default async function StoreLayout({ params, children }: LayoutProps<'/[locale]'>) {
  const locale = await layoutLocale(params)
  const { Client, Shop } = await messagesFor(locale)
  return (
    <html lang={locale} className={fontClassName}>
      <body>
        <PriceGate />
        <StoreProvider locale={locale} labels={Client} reductionRule={env().PRICE_REDUCTION_RULE}>
          <a href="#content" className={styles.skip}>
            {Shop.skip}
          </a>
          <Header locale={locale} />
          <main id="content" tabIndex={-1} className={styles.main}>
            {children}
          </main>
          <Footer locale={locale} />
          <LivePrices />
        </StoreProvider>
      </body>
    </html>
  )
}
