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

function close(details: HTMLDetailsElement): void {
  if (!details.open) return
  details.open = false
  // No more than a wish: beside a list the summary is not shown, and the focus stays.
  if (details.contains(document.activeElement)) details.querySelector('summary')?.focus()
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
    const onKey = ({ key }: KeyboardEvent) => {
      if (own && key === 'Escape') close(own)
    }
    own?.addEventListener('keydown', onKey)
    return () => own?.removeEventListener('keydown', onKey)
  }, [])
  return (
    <details ref={details} className={className ?? styles.drawer} open={isOpen} onToggle={onToggle}>
      <summary>{label}</summary>
      <div>{children}</div>
    </details>
  )
}
