'use client'

import Link from 'next/link'
import { useState, type ToggleEvent } from 'react'
import { localized } from '../../_i18n/paths.ts'
import { useStore } from '../StoreContext.tsx'
import { FacetGroups } from './FacetGroups.tsx'
import type { FacetGroup } from './facetGroups.ts'
import { FilterDrawer } from './FilterDrawer.tsx'
import styles from './Search.module.css'

const ANSWER_MS = 5_000

interface CategoryFacetsProps {
  /** Its slug. */
  category: string
  labels: { title: string; more: string }
}

/**
 * The filters and orders of a category, with counts. The page is kept, and these counts follow each price and stock: they are asked
 * for when a visitor wants them. Each link leads to a list with an address of its own; without an answer there is one to the search.
 */
export function CategoryFacets({ category, labels }: CategoryFacetsProps) {
  const { locale } = useStore()
  const [groups, setGroups] = useState<readonly FacetGroup[]>()
  const params = new URLSearchParams({ category, locale })

  async function load(): Promise<void> {
    const response = await fetch(`/api/search/facets?${params}`, { signal: AbortSignal.timeout(ANSWER_MS) })
    if (!response.ok) return
    const answer: { groups: FacetGroup[] } = await response.json()
    setGroups(answer.groups)
  }
  const onToggle = ({ newState }: ToggleEvent<HTMLDetailsElement>) => {
    if (newState === 'open') load().catch(() => undefined)
  }
  return (
    <FilterDrawer label={labels.title} className={styles.narrow} onToggle={onToggle}>
      {groups ? (
        <FacetGroups groups={groups} more={labels.more} />
      ) : (
        <Link href={localized(locale, `/search?${new URLSearchParams({ category })}`)} rel="nofollow" prefetch={false}>
          {labels.title}
        </Link>
      )}
    </FilterDrawer>
  )
}
