import { getRequestConfig } from 'next-intl/server'
import { DEFAULT_LOCALE, isLocale } from '#lib/platform/locales.ts'
import { messagesFor } from './messages.ts'

// The locale always comes from the caller, which has it from the address: asking next-intl to find it out would read
// the request's headers, and a page that does that is no static page.
export default getRequestConfig(async ({ locale: asked }) => {
  const locale = isLocale(asked) ? asked : DEFAULT_LOCALE
  return { locale, messages: await messagesFor(locale), timeZone: 'UTC' }
})
