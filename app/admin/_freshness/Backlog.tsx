import Link from 'next/link'
import type { Delivery, DriftRow } from '#lib/observability/dashboard/shapes.ts'
import { BOARD_PATH } from '#lib/queue/boardActions.ts'
import { Badge } from '../../_ui/Notice.tsx'
import { type Column, DataTable } from '../_components/DataTable.tsx'
import { Empty } from '../_components/States.tsx'
import { showMs } from './format.ts'
import { Fact, Facts } from '../_components/Layout.tsx'

/** Milliseconds. A delivery takes a fraction of this; the relay's poll alone takes up to a second. */
const ON_THE_WAY_MS = 5_000

function columns(budgetMs: number): Column<DriftRow>[] {
  return [
    {
      header: 'Product',
      cell: ({ productId, name }) => <Link href={`/admin/freshness/products/${productId}`}>{name}</Link>,
    },
    {
      header: 'Behind for',
      kind: 'short',
      cell: ({ behindMs }) => (
        <Badge tone={behindMs > budgetMs ? 'danger' : behindMs > ON_THE_WAY_MS ? 'warning' : 'neutral'}>
          {behindMs > ON_THE_WAY_MS ? showMs(behindMs) : 'on its way'}
        </Badge>
      ),
    },
    {
      header: 'Versions',
      kind: 'short',
      cell: ({ appliedVersion, version }) => `${appliedVersion ?? 'none'} → ${version}`,
    },
    { header: 'Why', kind: 'text', cell: ({ why }) => why },
  ]
}

/** Products whose newest change has not been seen in every layer, with its station. */
export function DriftList({ rows, budgetMs }: { rows: readonly DriftRow[]; budgetMs: number }) {
  return (
    <DataTable
      label="Products behind"
      columns={columns(budgetMs)}
      rows={rows}
      rowKey={({ productId }) => productId}
      rowData={({ productId }) => ({ 'data-product-id': productId })}
      empty={<Empty title="No product is behind">Every change was seen in every layer.</Empty>}
    />
  )
}

const NOTHING = 'nothing'

/** The number of changes and jobs that wait, and the age of the oldest. */
export function DeliveryPanel({ delivery: { queue, outbox } }: { delivery: Delivery }) {
  const rows: [string, string][] = [
    [
      'Outbox, not seen everywhere',
      outbox.rows === 0
        ? NOTHING
        : `${outbox.changes.toLocaleString('en')} changes in ${outbox.rows.toLocaleString('en')} rows`,
    ],
    ['Oldest of them', outbox.rows === 0 ? '–' : showMs(outbox.oldestMs)],
    ['Jobs waiting', queue ? queue.waiting.toLocaleString('en') : 'Redis does not answer'],
    ['Jobs running', queue ? queue.active.toLocaleString('en') : '–'],
    ['Jobs to be tried again', queue ? queue.delayed.toLocaleString('en') : '–'],
    ['Jobs failed for good', queue ? queue.failed.toLocaleString('en') : '–'],
    ['Oldest job waiting', queue && queue.waiting > 0 ? showMs(queue.oldestMs) : '–'],
  ]
  return (
    <>
      <Facts>
        {rows.map(([label, value]) => (
          <Fact key={label} name={label}>
            {value}
          </Fact>
        ))}
      </Facts>
      <p className="muted">
        <a href={BOARD_PATH}>Open the queues</a> to retry or discard failed jobs, as an administrator.
      </p>
    </>
  )
}
