import Link from 'next/link'
import type { FacetGroup, FacetValue } from './facetGroups.ts'
import { Swatch } from '../catalog/Swatch.tsx'
import styles from './Facets.module.css'

const SHOWN_AT_ONCE = 7

function Value({ value: { label, count, href, isChosen, swatch } }: { value: FacetValue }) {
  return (
    <li>
      <Link
        href={href}
        rel="nofollow"
        prefetch={false}
        aria-current={isChosen ? 'true' : undefined}
        className={styles.value}
      >
        {swatch === undefined ? (
          <span className={styles.mark} aria-hidden="true" />
        ) : (
          <Swatch colour={swatch} className={styles.mark} />
        )}
        <span className={styles.label}>{label}</span>
        <span className={styles.count}>{count}</span>
      </Link>
    </li>
  )
}

/** Links with counts, each the address of a narrower list. Works on the server and in the browser. */
export function FacetGroups({ groups, more }: { groups: readonly FacetGroup[]; more: string }) {
  return (
    <div className={styles.groups}>
      {groups.map(({ key, title, values }) => {
        const rest = values.slice(SHOWN_AT_ONCE)
        return (
          <section key={key} aria-label={title} data-facet={key} className={styles.group}>
            <h2>{title}</h2>
            <ul>
              {values.slice(0, SHOWN_AT_ONCE).map((value) => (
                <Value key={value.label} value={value} />
              ))}
            </ul>
            {rest.length === 0 ? null : (
              <details>
                <summary>{more}</summary>
                <ul>
                  {rest.map((value) => (
                    <Value key={value.label} value={value} />
                  ))}
                </ul>
              </details>
            )}
          </section>
        )
      })}
    </div>
  )
}
