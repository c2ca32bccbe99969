'use client'

import { createContext, use, type ReactNode } from 'react'
import type { ClientLabels } from '../_i18n/messages.ts'
import type { ReductionRule } from '#lib/catalog/prices/priceReduction.ts'
import type { Locale } from '#lib/platform/locales.ts'

interface StoreContextValue {
  locale: Locale
  labels: ClientLabels
  /** The meaning of a struck-through price in the market of the shop. */
  reductionRule: ReductionRule
}

const StoreContext = createContext<StoreContextValue | undefined>(undefined)

/** Gives the page's language and the few texts that the browser needs to the components that run there. */
export function StoreProvider({
  locale,
  labels,
  reductionRule,
  children,
}: StoreContextValue & { children: ReactNode }) {
  return <StoreContext value={{ locale, labels, reductionRule }}>{children}</StoreContext>
}

export function useStore(): StoreContextValue {
  const value = use(StoreContext)
  if (!value) throw new Error('useStore needs a StoreProvider around it: the layout of the shop has one')
  return value
}
