import Link from 'next/link'
import { fillText } from '../../_i18n/fillText.ts'
import type { Messages } from '../../_i18n/messages.ts'
import type { FacetGroup } from './facetGroups.ts'
import styles from './Facets.module.css'

/** The chosen filters of a list; each takes itself away. */
export function ChosenFilters({ groups, labels }: { groups: readonly FacetGroup[]; labels: Messages['Search'] }) {
  const chosen = groups.flatMap(({ values }) => values.filter(({ isChosen }) => isChosen))
  if (chosen.length === 0) return null
  return (
    <ul className={styles.chosen} aria-label={labels.chosen}>
      {chosen.map(({ label, href }) => (
        <li key={label}>
          <Link href={href} rel="nofollow" prefetch={false} aria-label={fillText(labels.remove, { name: label })}>
            {label}
            <span aria-hidden="true">×</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
