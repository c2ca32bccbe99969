import type { Locale } from '#lib/platform/locales.ts'
import type en from './messages/en.json'

export type Messages = typeof en

export async function messagesFor(locale: Locale): Promise<Messages> {
  const file: { default: Messages } = await import(`./messages/${locale}.json`)
  return file.default
}

/** The few texts that components in the browser need. Plain texts with `{name}` in them, for `fillText`. */
export type ClientLabels = Messages['Client']
