'use client'

import { useEffect, useRef, type ComponentProps } from 'react'
import styles from './Search.module.css'

interface FilterDrawerProps extends Pick<ComponentProps<'details'>, 'className' | 'onToggle' | 'children'> {
  label: string
  /** For a drawer that has contents to read. */
  isOpen?: boolean
  /** The query of the list beside it: with another one it closes, because on a phone it covers the list. */
  list?: string
}

/** Open, and over the page: the style says on which screens. */
const isSheet = (details: HTMLDetailsElement) => details.open && getComputedStyle(details).position === 'fixed'

function close(details: HTMLDetailsElement): void {
  if (!details.open) return
  // A press on a text of the sheet gives the focus to what is around it.
  const hasFocus = isSheet(details) || details.contains(document.activeElement)
  details.open = false
  // No more than a wish: beside a list the summary is not shown, and the focus stays.
  if (hasFocus) details.querySelector('summary')?.focus()
}

/** Neither Tab nor a screen reader leads into what the sheet covers. @returns lets them again */
function keepWithin(sheet: HTMLElement): () => void {
  const covered: HTMLElement[] = []
  for (let at: HTMLElement = sheet; at.parentElement && at !== document.body; at = at.parentElement)
    for (const beside of at.parentElement.children)
      if (beside !== at && beside instanceof HTMLElement && !beside.inert) covered.push(beside)
  for (const one of covered) one.inert = true
  return () => {
    for (const one of covered) one.inert = false
  }
}

/** A sheet over a narrow screen, where the list comes first. Opened and closed without scripts, too. */
export function FilterDrawer({ label, isOpen = false, list = '', className, onToggle, children }: FilterDrawerProps) {
  const details = useRef<HTMLDetailsElement>(null)
  const lastList = useRef(list)
  useEffect(() => {
    if (details.current && lastList.current !== list && !isOpen) close(details.current)
    lastList.current = list
  }, [list, isOpen])
  useEffect(() => {
    const own = details.current
    if (!own) return undefined
    let letGo: (() => void) | undefined
    const cover = () => {
      letGo?.()
      letGo = isSheet(own) ? keepWithin(own) : undefined
    }
    const listening = new AbortController()
    const { signal } = listening
    own.addEventListener('toggle', cover, { signal })
    window.addEventListener('resize', cover, { signal })
    document.addEventListener(
      'keydown',
      ({ key, target }) => {
        if (key === 'Escape' && (isSheet(own) || (target instanceof Node && own.contains(target)))) close(own)
      },
      { signal },
    )
    cover()
    return () => {
      listening.abort()
      letGo?.()
      // The page that is left stays in the document, hidden, and an open sheet keeps a page from scrolling.
      own.open = false
    }
  }, [])
  return (
    <details ref={details} className={className ?? styles.drawer} open={isOpen} onToggle={onToggle}>
      <summary>{label}</summary>
      <div>{children}</div>
    </details>
  )
}
