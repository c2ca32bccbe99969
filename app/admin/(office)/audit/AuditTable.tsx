import Link from 'next/link'
import type { AuditView } from '#lib/audit/readAudit.ts'
import { Badge, type Tone } from '../../../_ui/Notice.tsx'
import { Actor } from '../../_components/Actor.tsx'
import { type Column, DataTable, Sub } from '../../_components/DataTable.tsx'
import { When } from '../../_components/When.tsx'
import styles from './audit.module.css'

/** Where a target can be looked at. */
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

const COLUMNS: readonly Column<AuditView>[] = [
  {
    header: 'Action',
    cell: (entry) => (
      <>
        <Badge tone={toneOf(entry.action)}>{entry.action}</Badge>
        <Detail entry={entry} />
      </>
    ),
  },
  { header: 'About', cell: ({ target }) => <Target target={target} /> },
  {
    header: 'Who',
    cell: ({ actor, via }) => (
      <>
        <Actor name={actor} />
        {via === 'session' ? null : <Sub>by {via}</Sub>}
      </>
    ),
  },
  { header: 'When', kind: 'short', cell: ({ at }) => <When at={new Date(at)} /> },
  { header: 'Why', kind: 'text', cell: ({ reason }) => reason ?? <span className="muted">–</span> },
]

export function AuditTable({ entries }: { entries: readonly AuditView[] }) {
  return (
    <DataTable
      label="Audit log"
      columns={COLUMNS}
      rows={entries}
      rowKey={({ id }) => id}
      rowData={({ action, target }) => ({ 'data-action': action, 'data-target': target ?? '' })}
      testId="audit"
    />
  )
}
