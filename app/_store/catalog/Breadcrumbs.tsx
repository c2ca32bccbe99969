import { breadcrumbJsonLd, escapedJson, type Crumb } from '#lib/catalog/jsonLd.ts'
import { absolute } from '../../_i18n/urls.ts'
import { IntentLink } from './IntentLink.tsx'
import styles from './Breadcrumbs.module.css'
import { JsonLd } from './JsonLd.tsx'

/** The way to the page, for people and, as JSON-LD, for machines. The last crumb is the page itself. */
export function Breadcrumbs({ crumbs, label }: { crumbs: readonly Crumb[]; label: string }) {
  return (
    <nav aria-label={label} className={styles.breadcrumbs}>
      <ol>
        {crumbs.map(({ name, path }) => (
          <li key={`${path} ${name}`}>
            {path === undefined ? <span aria-current="page">{name}</span> : <IntentLink href={path}>{name}</IntentLink>}
          </li>
        ))}
      </ol>
      <JsonLd text={escapedJson(breadcrumbJsonLd(crumbs, absolute('/').replace(/\/$/, '')))} />
    </nav>
  )
}
