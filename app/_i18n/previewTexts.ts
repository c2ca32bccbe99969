/** The words on pictures of shared links. Read by Node itself as a web process starts, which so need not ask Next. */
import type { PreviewTexts } from '#lib/web/sharedPictures/sendSharedPicture.ts'
import { LOCALES, type Locale } from '#lib/platform/locales.ts'
import { fillText } from './fillText.ts'
import type { Messages } from './messages.ts'

async function textsOf(locale: Locale): Promise<readonly [Locale, PreviewTexts]> {
  const file: { default: Messages } = await import(`./messages/${locale}.json`, { with: { type: 'json' } })
  const { Home, Preview, Price } = file.default
  const texts: PreviewTexts = {
    home: Home.heroTitle,
    priceOf: (date) => fillText(Preview.priceOf, { date }),
    save: (percent) => fillText(Price.save, { percent }),
  }
  return [locale, texts]
}

export const previewTexts: ReadonlyMap<Locale, PreviewTexts> = new Map(await Promise.all(LOCALES.map(textsOf)))
