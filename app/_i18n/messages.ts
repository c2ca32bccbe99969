import type { Locale } from '#lib/platform/locales.ts'
import type en from './messages/en.json'

export type Messages = typeof en

const LOADERS: Record<Locale, () => Promise<{ default: Messages }>> = {
  en: () => import('./messages/en.json'),
  de: () => import('./messages/de.json'),
  fr: () => import('./messages/fr.json'),
  es: () => import('./messages/es.json'),
  pt: () => import('./messages/pt.json'),
  ja: () => import('./messages/ja.json'),
  ko: () => import('./messages/ko.json'),
}

export async function messagesFor(locale: Locale): Promise<Messages> {
  return (await LOADERS[locale]()).default
}

/** The few texts that components in the browser need. Plain texts with `{name}` in them, for `fillText`. */
export type ClientLabels = Messages['Client']
