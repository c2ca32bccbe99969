'use client'

import { useEffect, useRef, useState, type ComponentType, type ReactNode } from 'react'
import type { SuggestionsProps } from './Suggestions.tsx'

interface SearchBoxProps extends Omit<SuggestionsProps, 'form'> {
  /** The fields. */
  children: ReactNode
}

/** A plain form, until a visitor begins to type: what suggests is loaded then. */
export function SearchBox({ children, ...suggestions }: SearchBoxProps) {
  const form = useRef<HTMLFormElement>(null)
  const [Suggestions, setSuggestions] = useState<ComponentType<SuggestionsProps>>()
  useEffect(() => {
    const load = () => {
      import('./Suggestions.tsx').then(
        (module) => setSuggestions(() => module.Suggestions),
        () => undefined, // the form works without
      )
    }
    const own = form.current
    // A visitor who was faster than this page's scripts has the focus already.
    if (own?.contains(document.activeElement)) load()
    else own?.addEventListener('focusin', load, { once: true })
    return () => own?.removeEventListener('focusin', load)
  }, [])
  return (
    <form ref={form} action={suggestions.action}>
      {children}
      {Suggestions ? <Suggestions form={form} {...suggestions} /> : null}
    </form>
  )
}
