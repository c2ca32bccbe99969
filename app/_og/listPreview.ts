import type { Locale } from '#lib/platform/locales.ts'
import { listPreviewPath } from '../_i18n/paths.ts'
import { CARD_SIZE } from './parts.tsx'

/** The picture of a list for OpenGraph. @param alt what it shows */
export function listPreview(list: { slug: string; version: number }, locale: Locale, alt: string) {
  return { url: listPreviewPath(list, locale), ...CARD_SIZE, type: 'image/png', alt }
}
