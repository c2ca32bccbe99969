'use client'

import { usePathname } from 'next/navigation'
import { LOCALE_NAMES, LOCALES, type Locale } from '#lib/platform/locales.ts'
import { useStore } from '../StoreContext.tsx'

/** The cookie that the proxy reads when an address names no language. */
function remember(locale: Locale): void {
  document.cookie = `NEXT_LOCALE=${locale}; path=/; max-age=31536000; samesite=lax`
}

/** The page in each language: links, so that it works without JavaScript too. */
export function LanguageLinks() {
  const { locale } = useStore()
  const rest = usePathname().replace(/^\/[^/]*/, '')
  return (
    <ul>
      {LOCALES.map((language) => (
        <li key={language}>
          {/* A whole new document: it has another language. The query stays, as on the search page. */}
          <a
            href={`/${language}${rest}`}
            hrefLang={language}
            lang={language}
            aria-current={language === locale ? 'true' : undefined}
            onClick={(event) => {
              remember(language)
              event.currentTarget.search = window.location.search
            }}
          >
            {LOCALE_NAMES[language]}
          </a>
        </li>
      ))}
    </ul>
  )
}
