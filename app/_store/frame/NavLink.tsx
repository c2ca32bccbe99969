'use client'

import { usePathname } from 'next/navigation'
import type { ReactNode } from 'react'
import { bringIntoRow } from '../../_ui/bringIntoRow.ts'
import { IntentLink } from '../catalog/IntentLink.tsx'

/** A link that says when its page, or one below it, is the current one. */
export function NavLink({ href, children }: { href: string; children: ReactNode }) {
  const pathname = usePathname()
  const current = pathname === href ? 'page' : pathname.startsWith(`${href}/`) ? 'true' : undefined
  return (
    <IntentLink href={href} aria-current={current} ref={current ? bringIntoRow : null}>
      {children}
    </IntentLink>
  )
}
