'use client'

/* oxlint-disable jsx-a11y/prefer-tag-over-role, jsx-a11y/click-events-have-key-events -- a datalist leads nowhere; the field has the focus and the keys */

import { useRouter } from 'next/navigation'
import { useEffect, useEffectEvent, useId, useRef, useState, type RefObject } from 'react'
import styles from './Suggestions.module.css'

export interface SuggestionsProps {
  form: RefObject<HTMLFormElement | null>
  /** The address of the form, with `?q=` behind it. */
  action: string
  locale: string
  labels: { suggestions: string; allResults: string }
}

interface Item {
  readonly kind: string
  readonly label: string
  readonly detail?: string
  readonly href: string
}

const PAUSE_MS = 120
const ANSWER_MS = 3_000
const NONE: readonly Item[] = []

async function ask(text: string, locale: string, signal: AbortSignal): Promise<readonly Item[]> {
  const response = await fetch(`/api/search/suggest?${new URLSearchParams({ q: text, locale })}`, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
  })
  if (!response.ok) return NONE
  const answer: { items: Item[] } = await response.json()
  return answer.items
}

/**
 * Suggestions below the field of a form, as a combobox with a list: arrows choose, Enter follows, Escape closes.
 * @see https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
 */
export function Suggestions({ form, action, locale, labels }: SuggestionsProps) {
  const router = useRouter()
  const id = useId()
  const [items, setItems] = useState(NONE)
  const [text, setText] = useState('')
  const [active, setActive] = useState(-1)
  const isOpen = items.length > 0
  const asking = useRef<AbortController>(undefined)

  const all: readonly Item[] = isOpen
    ? [...items, { kind: 'all', label: labels.allResults, href: `${action}?${new URLSearchParams({ q: text })}` }]
    : NONE
  const close = () => {
    asking.current?.abort()
    setItems(NONE)
    setActive(-1)
  }
  const go = (href: string) => {
    close()
    router.push(href)
  }
  const look = useEffectEvent((typed: string) => {
    asking.current?.abort()
    setText(typed)
    if (typed.trim() === '') return close()
    const controller = new AbortController()
    asking.current = controller
    setTimeout(() => {
      if (controller.signal.aborted) return
      ask(typed, locale, controller.signal).then(
        (found) => {
          if (controller.signal.aborted) return
          setItems(found)
          setActive(-1)
        },
        () => undefined, // typed on, or no answer: the form still searches
      )
    }, PAUSE_MS)
  })
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.isComposing) return
    if (event.key === 'Escape' && isOpen) {
      event.preventDefault()
      close()
    } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && isOpen) {
      event.preventDefault()
      const step = event.key === 'ArrowDown' ? 1 : -1
      // Below the last one and above the first one stands the field itself.
      setActive((at) => ((at + 1 + step + all.length + 1) % (all.length + 1)) - 1)
    } else if (event.key === 'Enter' && all[active]) {
      event.preventDefault()
      go(all[active].href)
    }
  })
  const onSubmit = useEffectEvent((event: SubmitEvent, field: HTMLInputElement) => {
    event.preventDefault()
    go(field.value.trim() === '' ? action : `${action}?${new URLSearchParams({ q: field.value })}`)
  })
  const onLeave = useEffectEvent((event: FocusEvent) => {
    if (!(event.relatedTarget instanceof Node && form.current?.contains(event.relatedTarget))) close()
  })

  useEffect(() => {
    const own = form.current
    const field = own?.querySelector('input')
    if (!own || !field) return undefined
    const listening = new AbortController()
    const { signal } = listening
    field.addEventListener('input', () => look(field.value), { signal })
    field.addEventListener('keydown', onKey, { signal })
    own.addEventListener('submit', (event) => onSubmit(event, field), { signal })
    own.addEventListener('focusout', onLeave, { signal })
    for (const [name, value] of [
      ['role', 'combobox'],
      ['aria-autocomplete', 'list'],
      ['aria-controls', id],
    ] as const)
      field.setAttribute(name, value)
    // The visitor may have typed while this was loaded.
    if (field.value !== '' && document.activeElement === field) field.dispatchEvent(new Event('input'))
    return () => listening.abort()
  }, [form, id])

  useEffect(() => {
    const field = form.current?.querySelector('input')
    field?.setAttribute('aria-expanded', String(isOpen))
    if (active < 0) field?.removeAttribute('aria-activedescendant')
    else field?.setAttribute('aria-activedescendant', `${id}-${active}`)
  }, [form, id, isOpen, active])

  return (
    <>
      <div id={id} role="listbox" aria-label={labels.suggestions} hidden={!isOpen} className={styles.list}>
        {all.map(({ kind, label, detail, href }, i) => (
          <div
            key={href}
            tabIndex={-1}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === active}
            data-kind={kind}
            className={styles.item}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => go(href)}
          >
            {label}
            {detail ? <span className={styles.detail}>{detail}</span> : null}
          </div>
        ))}
      </div>
      <output className="visually-hidden">{isOpen ? `${labels.suggestions}: ${items.length}` : ''}</output>
    </>
  )
}
