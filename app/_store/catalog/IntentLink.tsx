'use client'

import Link from 'next/link'
import { useState, type ComponentProps } from 'react'

/**
 * A link that loads its page on intent: on hover, touch or focus. A list of 24 products would otherwise load 24 pages,
 * of which one is looked at.
 */
export function IntentLink(props: Omit<ComponentProps<typeof Link>, 'prefetch'>) {
  const [intended, setIntended] = useState(false)
  const intend = () => setIntended(true)
  return <Link {...props} prefetch={intended} onMouseEnter={intend} onTouchStart={intend} onFocus={intend} />
}
