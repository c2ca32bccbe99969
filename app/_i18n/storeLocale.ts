import { notFound } from 'next/navigation'
import { isLocale, type Locale } from '#lib/platform/locales.ts'

/** The language in the address. Anything else there is an address that does not exist. */
export function storeLocale(segment: string): Locale {
  if (!isLocale(segment)) notFound()
  return segment
}
