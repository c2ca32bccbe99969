import type { Locale } from '#lib/platform/locales.ts'
import type { Policy } from '#lib/catalog/policies.ts'

/** A page that the shop says of itself. Texts have places for values, as `fillText` fills them. */
export interface PolicyText {
  readonly title: string
  /** One sentence, for search engines too. */
  readonly intro: string
  readonly sections: readonly { readonly heading: string; readonly text: readonly string[] }[]
}

export async function policyText(locale: Locale, policy: Policy): Promise<PolicyText> {
  const file: { default: Readonly<Record<Policy, PolicyText>> } = await import(`./policies/${locale}.json`)
  return file.default[policy]
}
