import Link from 'next/link'
import type { AuditView } from '#lib/audit/readAudit.ts'
import { Badge, type Tone } from '../../../_ui/Notice.tsx'
import { Actor } from '../../_components/Actor.tsx'
import { TableFrame } from '../../_components/TableFrame.tsx'
import table from '../../_components/table.module.css'
import { When } from '../../_components/When.tsx'
import styles from './audit.module.css'

/** The page of a target. */
function hrefOf(target: string): string | undefined {
  const [, kind, id] = /^(product|bulk_edit|order):(.+)$/.exec(target) ?? []
  if (kind === 'product' && /^\d+$/.test(id ?? '')) return `/admin/products/${id}`
  if (kind === 'order' && /^[\dA-Z-]{16}$/.test(id ?? '')) return `/admin/orders/${id}`
  return kind === 'bulk_edit' && /^[\da-f-]{36}$/.test(id ?? '') ? `/admin/bulk/${id}` : undefined
}

function toneOf(action: string): Tone {
  if (action.endsWith('.refuse')) return 'warning'
  return action === 'freshness.purge' ? 'danger' : 'neutral'
}

function Target({ target }: { target: string | null }) {
  if (target === null) return <span className="muted">–</span>
  const href = hrefOf(target)
  return href ? <Link href={href}>{target}</Link> : <span>{target}</span>
}

function Detail({ entry: { detail, correlationId } }: { entry: AuditView }) {
  const facts = typeof detail === 'object' && detail !== null ? Object.entries(detail) : []
  if (facts.length === 0 && correlationId === null) return null
  return (
    <details className={styles.detail}>
      <summary>Details</summary>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="mono">{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
          </div>
        ))}
        {correlationId === null ? null : (
          <div>
            <dt>correlation</dt>
            <dd>
              <Link href={`/admin/freshness/ledger?${new URLSearchParams({ q: correlationId })}`} className="mono">
                {correlationId}
              </Link>
            </dd>
          </div>
        )}
      </dl>
    </details>
  )
}

export function AuditTable({ entries }: { entries: readonly AuditView[] }) {
  return (
    <TableFrame>
      <table className={table.table} data-testid="audit">
        <thead>
          <tr>
            <th scope="col">Action</th>
            <th scope="col">About</th>
            <th scope="col">Who</th>
            <th scope="col">When</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.id} data-action={entry.action} data-target={entry.target ?? ''}>
              <th scope="row" className={table.wide}>
                <Badge tone={toneOf(entry.action)}>{entry.action}</Badge>
                <Detail entry={entry} />
              </th>
              <td data-label="About">
                <Target target={entry.target} />
              </td>
              <td data-label="Who">
                <span>
                  <Actor name={entry.actor} />
                  {entry.via === 'session' ? null : <span className={table.sub}>by {entry.via}</span>}
                </span>
              </td>
              <td data-label="When" className={table.number}>
                <When at={new Date(entry.at)} />
              </td>
              <td data-label="Why" className={table.text}>
                {entry.reason ?? <span className="muted">–</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}
