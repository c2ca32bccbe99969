'use client'

import { useEffect, useRef } from 'react'
import { useStore } from '../StoreContext.tsx'
import styles from './Frame.module.css'
import { GlobeIcon } from './icons.tsx'
import { LanguageLinks } from './LanguageLinks.tsx'

/** The page in the other languages. */
export function LanguageMenu({ label }: { label: string }) {
  const { locale } = useStore()
  const menu = useRef<HTMLDetailsElement>(null)

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
      <LanguageLinks />
    </details>
  )
}
