import Link from 'next/link'
import type { AuditView } from '#lib/audit/readAudit.ts'
import { Badge, type Tone } from '../../../_ui/Notice.tsx'
import { AuditDetail } from '../../_components/AuditDetail.tsx'
import { Fact } from '../../_components/Layout.tsx'
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

const ledgerPath = (correlationId: string) => `/admin/freshness/ledger?${new URLSearchParams({ q: correlationId })}`

/** Actions that change what pages show. */
const HAS_RECEIPTS = /^(prices\.change|product\..+|orders\.cancel|bulk\.(approve|retry|undo)|freshness\.purge)$/

const COLUMNS: readonly Column<AuditView>[] = [
  {
    header: 'Action',
    cell: (entry) => (
      <>
        <Badge tone={toneOf(entry.action)}>{entry.action}</Badge>
        <AuditDetail detail={entry.detail}>
          {entry.correlationId === null ? null : (
            <Fact name="correlation">
              <Link href={ledgerPath(entry.correlationId)} className="mono">
                {entry.correlationId}
              </Link>
            </Fact>
          )}
        </AuditDetail>
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
  {
    header: 'When',
    kind: 'short',
    cell: (entry) => (
      <>
        <When at={new Date(entry.at)} />
        {entry.correlationId !== null && HAS_RECEIPTS.test(entry.action) ? (
          <Sub>
            <Link href={ledgerPath(entry.correlationId)}>Receipts</Link>
          </Sub>
        ) : null}
      </>
    ),
  },
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
