'use client'

import { usePathname } from 'next/navigation'
import { useEffect, useRef } from 'react'
import { LOCALE_NAMES, LOCALES, type Locale } from '#lib/platform/locales.ts'
import { useStore } from '../StoreContext.tsx'
import styles from './Frame.module.css'
import { GlobeIcon } from './icons.tsx'

/** The cookie that the proxy reads when an address names no language. */
function remember(locale: Locale): void {
  document.cookie = `NEXT_LOCALE=${locale}; path=/; max-age=31536000; samesite=lax`
}

/** The page in the other languages: links, so that it works without JavaScript too. */
export function LanguageMenu({ label }: { label: string }) {
  const { locale } = useStore()
  const menu = useRef<HTMLDetailsElement>(null)
  const rest = usePathname().replace(/^\/[^/]*/, '')

  useEffect(() => {
    const details = menu.current
    if (!details) return
    const events = new AbortController()
    const { signal } = events
    const closeOutside = ({ target }: Event) => {
      if (target instanceof Node && !details.contains(target)) details.open = false
    }
    document.addEventListener('pointerdown', closeOutside, { signal })
    document.addEventListener('focusin', closeOutside, { signal })
    const closeOnEscape = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || !details.open) return
      details.open = false
      details.querySelector('summary')?.focus()
    }
    details.addEventListener('keydown', closeOnEscape, { signal })
    return () => events.abort()
  }, [])

  return (
    <details ref={menu} className={styles.language}>
      <summary>
        <GlobeIcon />
        <span className="visually-hidden">{label}: </span>
        <span>{locale.toUpperCase()}</span>
      </summary>
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
    </details>
  )
}
