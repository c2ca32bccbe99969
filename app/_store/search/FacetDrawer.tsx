import type { Messages } from '../../_i18n/messages.ts'
import type { FacetGroup } from './facetGroups.ts'
import { FacetGroups } from './FacetGroups.tsx'
import styles from './Search.module.css'

/** Closed on a narrow screen, where the list comes first; open beside a list. */
export function FacetDrawer({ groups, labels }: { groups: readonly FacetGroup[]; labels: Messages['Search'] }) {
  return (
    <details className={styles.drawer}>
      <summary>{labels.filters}</summary>
      <div>
        <FacetGroups groups={groups} more={labels.more} />
      </div>
    </details>
  )
}
