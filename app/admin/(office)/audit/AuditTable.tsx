import Link from 'next/link'
import type { AuditView } from '#lib/audit/readAudit.ts'
import { Badge, type Tone } from '../../../_ui/Notice.tsx'
import { Fact, Facts } from '../../_components/Layout.tsx'
import { Actor, When } from '../../_components/Values.tsx'
import { type Column, DataTable, Sub } from '../../_components/DataTable.tsx'

/** The page of a target, if it has one. */
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
    <details>
      <summary className="muted">Details</summary>
      <Facts look="named">
        {facts.map(([name, value]) => (
          <Fact key={name} name={name}>
            <span className="mono">{typeof value === 'string' ? value : JSON.stringify(value)}</span>
          </Fact>
        ))}
        {correlationId === null ? null : (
          <Fact name="correlation">
            <Link href={`/admin/freshness/ledger?${new URLSearchParams({ q: correlationId })}`} className="mono">
              {correlationId}
            </Link>
          </Fact>
        )}
      </Facts>
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
