import Link from 'next/link'
import { breadcrumbJsonLd, escapedJson, type Crumb } from '#lib/catalog/jsonLd.ts'
import { absolute } from '../../_i18n/urls.ts'
import styles from './Breadcrumbs.module.css'

/** The way to the page, for people and, as JSON-LD, for machines. The last crumb is the page itself. */
export function Breadcrumbs({ crumbs, label }: { crumbs: readonly Crumb[]; label: string }) {
  return (
    <nav aria-label={label} className={styles.breadcrumbs}>
      <ol>
        {crumbs.map(({ name, path }) => (
          <li key={`${path} ${name}`}>
            {path === undefined ? <span aria-current="page">{name}</span> : <Link href={path}>{name}</Link>}
          </li>
        ))}
      </ol>
      <JsonLd value={breadcrumbJsonLd(crumbs, absolute('/').replace(/\/$/, ''))} />
    </nav>
  )
}

export function JsonLd({ value }: { value: object }) {
  // oxlint-disable-next-line react/no-danger -- `escapedJson` leaves nothing in it that could end the element
  return <script type="application/ld+json" dangerouslySetInnerHTML={{ __html: escapedJson(value) }} />
}
