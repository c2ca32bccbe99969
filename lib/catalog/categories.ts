import type { Locale } from '#lib/platform/locales.ts'
import type { CategoryRef } from './rows.ts'

/** The name in the language, or in English, which every category has. */
export function nameIn(names: Readonly<Record<string, string>>, locale: Locale): string {
  return names[locale] ?? names['en'] ?? ''
}

export function topCategories(all: readonly CategoryRef[]): CategoryRef[] {
  return all.filter((category) => category.parentId === null)
}

export function childrenOf(all: readonly CategoryRef[], parentId: number): CategoryRef[] {
  return all.filter((category) => category.parentId === parentId)
}

/** The way down to a category, itself included. Ends after ten steps, should the tree ever have a loop. */
export function pathTo(all: readonly CategoryRef[], categoryId: number): CategoryRef[] {
  const path: CategoryRef[] = []
  let next = all.find((category) => category.id === categoryId)
  while (next && path.length < 10) {
    path.unshift(next)
    const parentId = next.parentId
    next = parentId === null ? undefined : all.find((category) => category.id === parentId)
  }
  return path
}

/** The deepest in the tree of a product's categories: its breadcrumbs lead there. */
export function deepestOf(all: readonly CategoryRef[], memberships: readonly CategoryRef[]): CategoryRef | undefined {
  const deepest = memberships.toSorted((a, b) => pathTo(all, b.id).length - pathTo(all, a.id).length)[0]
  // As the tree has it: a product's own copy may be from before the category was renamed.
  return deepest && all.find((category) => category.id === deepest.id)
}
