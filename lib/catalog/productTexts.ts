/** The name of a product in the visitor's language. Where there is no translation, it has its English texts. */
import { DEFAULT_LOCALE, type Locale } from '#lib/platform/locales.ts'

export interface TranslatedName {
  /** In English. */
  readonly name: string
  /** By language. */
  readonly names: Readonly<Record<string, string>>
}

interface TranslatedTexts extends TranslatedName {
  readonly description: string
  readonly descriptions: Readonly<Record<string, string>>
}

export function productName({ name, names }: TranslatedName, locale: Locale): string {
  return names[locale] ?? name
}

function productDescription({ description, descriptions }: TranslatedTexts, locale: Locale): string {
  return descriptions[locale] ?? description
}

/** The same product with its texts in that language. */
export function productIn<P extends TranslatedTexts>(product: P, locale: Locale): P {
  return { ...product, name: productName(product, locale), description: productDescription(product, locale) }
}

/**
 * Attributes of the element that holds the text: a screen reader speaks English where a translation is missing.
 * @param translations by language
 */
export function textLanguage(translations: Readonly<Record<string, string>>, locale: Locale): { lang?: string } {
  return locale === DEFAULT_LOCALE || translations[locale] !== undefined ? {} : { lang: DEFAULT_LOCALE }
}
