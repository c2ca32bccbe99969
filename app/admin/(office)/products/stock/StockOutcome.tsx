import Link from 'next/link'
import type { ReactNode } from 'react'
import type { StockImport } from '#lib/pricing/stock/importStocks.ts'
import { Button } from '../../../../_ui/Button.tsx'
import { Notice } from '../../../../_ui/Notice.tsx'
import { Row, Stack } from '../../../_components/Layout.tsx'
import { type Column, DataTable, Sub } from '../../../_components/DataTable.tsx'
import { rows } from '../../bulk/_edit/states.ts'
import { CORRECT_THEM, ErrorTable } from '../../bulk/_import/ErrorTable.tsx'

const CHANGES: readonly Column<StockImport['changes'][number]>[] = [
  {
    header: 'Product',
    cell: ({ productId, name, sku }) => (
      <>
        <Link href={`/admin/products/${productId}`} prefetch={false}>
          {name}
        </Link>
        <Sub>{sku}</Sub>
      </>
    ),
  },
  { header: 'In stock', kind: 'number', cell: ({ from }) => from.toLocaleString('en') },
  { header: 'Set to', kind: 'number', cell: ({ to }) => to.toLocaleString('en') },
]

/** The outcome in words. */
function said({ state, changed, unchanged, conflict }: StockImport): string {
  const parts = [
    unchanged > 0 ? `${rows(unchanged, 'stock')} ${unchanged === 1 ? 'is' : 'are'} as the file says.` : '',
    conflict > 0
      ? `${rows(conflict, 'stock')} moved since the file was written and ${conflict === 1 ? 'stays' : 'stay'} as ${conflict === 1 ? 'it is' : 'they are'}.`
      : '',
    state === 'propagating' ? 'They are saved, and on their way to the shop.' : '',
  ]
  const head = state === 'previewed' ? `${rows(changed, 'stock')} would change.` : `${rows(changed, 'stock')} set.`
  return [head, ...parts].filter((part) => part !== '').join(' ')
}

interface Props {
  readonly result: StockImport
  readonly busy: boolean
  readonly onSet: () => void
  readonly onTakeSuggested: () => void
  /** The way to the rows that were left out. */
  readonly rejected: ReactNode
}

/** The changes of a file, planned or made, and its rejected rows. */
export function StockOutcome({ result, busy, onSet, onTakeSuggested, rejected }: Props) {
  const { state, changed, changes, conflict, errors, errorCount, notes, ignoredColumns } = result
  const preview = state === 'previewed'
  const left = conflict + errorCount
  return (
    <Stack as="section" gap={5} aria-label="What was read">
      <Notice tone={left > 0 ? 'warning' : preview ? 'neutral' : 'success'} role="alert">
        {said(result)} {errorCount > 0 ? `${rows(errorCount, 'row')} could not be taken. ${CORRECT_THEM}` : ''}
      </Notice>
      {notes.length > 0 ? (
        <ul>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      ) : null}
      {ignoredColumns.length > 0 ? <p className="muted">Left out: {ignoredColumns.join(', ')}.</p> : null}
      <Row>
        {preview && changed > 0 ? (
          <Button onClick={onSet} disabled={busy}>
            {busy ? 'Setting…' : `Set ${rows(changed, 'stock')}`}
          </Button>
        ) : null}
        {left > 0 ? rejected : null}
        {preview && errors.some(({ suggestion }) => suggestion !== null) ? (
          <Button variant="secondary" onClick={onTakeSuggested} disabled={busy}>
            Take the suggested SKUs
          </Button>
        ) : null}
      </Row>
      {preview && changes.length > 0 ? (
        <DataTable label="Changes" columns={CHANGES} rows={changes} rowKey={({ productId }) => productId} />
      ) : null}
      {preview && changes.length > 0 && changed > changes.length ? (
        <p className="muted">The first {changes.length} are listed.</p>
      ) : null}
      {errorCount > 0 ? <ErrorTable errors={errors} count={errorCount} /> : null}
    </Stack>
  )
}
