'use client'

import { useEffect } from 'react'

/** Shows in the search box above what the page was found by, until another page follows. */
export function KeepQuery({ text }: { text: string }) {
  useEffect(() => {
    const field = document.getElementById('site-search')
    if (!(field instanceof HTMLInputElement)) return undefined
    // What is being typed since the page came, before its scripts did, stays.
    if (document.activeElement !== field || field.value === '') field.value = text
    return () => {
      if (field.value === text) field.value = ''
    }
  }, [text])
  return null
}
