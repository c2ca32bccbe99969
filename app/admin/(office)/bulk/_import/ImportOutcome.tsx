import Link from 'next/link'
import type { ReactNode } from 'react'
import { Button, ButtonLink } from '../../../../_ui/Button.tsx'
import { Notice } from '../../../../_ui/Notice.tsx'
import { Row, Stack } from '../../../_components/Layout.tsx'
import { type Column, DataTable } from '../../../_components/DataTable.tsx'
import { rows } from '../_edit/states.ts'
import { wall } from '../_schedule/scheduleWords.ts'
import { ColumnMap } from './ColumnMap.tsx'
import { CORRECT_THEM, ErrorTable } from './ErrorTable.tsx'
import type { Answer, ImportResult } from './upload.ts'

/** The address of a preview with its form of times open and filled. */
function planHref({ edit, startsAt, endsAt, timeZone }: ImportResult['sales'][number]): string {
  const times = new URLSearchParams({ plan: 'sale', timeZone, startsAt: startsAt ?? '', endsAt: endsAt ?? '' })
  return `/admin/bulk/${edit.id}?${times}`
}

const SALES: readonly Column<ImportResult['sales'][number]>[] = [
  { header: 'Start', label: 'Start', cell: ({ startsAt }) => (startsAt === null ? 'You choose' : wall(startsAt)) },
  { header: 'End', cell: ({ endsAt }) => (endsAt === null ? 'You choose' : wall(endsAt)) },
  { header: 'Prices', kind: 'short', cell: ({ edit }) => rows(edit.summary?.changed ?? 0) },
  {
    header: 'Next',
    cell: (sale) => (
      <Link href={planHref(sale)} target="_blank">
        Preview and plan
      </Link>
    ),
  },
]

interface Props {
  readonly result: ImportResult
  readonly busy: boolean
  /** Reads the file once more. */
  readonly onColumns: (answers: readonly Answer[]) => void
  readonly onTakeSuggested: () => void
  /** The way to the rows that were left out. */
  readonly rejected: ReactNode
}

/** The outcome of a file: its columns, its rejected rows, and the way on with the others. */
export function ImportOutcome({ result, busy, onColumns, onTakeSuggested, rejected }: Props) {
  const { edit, sales, errors, errorCount, rows: total, costs, columns, ignoredColumns, notes } = result
  const costsSet = costs > 0 ? `${rows(costs, 'cost')} ${costs === 1 ? 'is' : 'are'} set.` : ''
  const named = (column: string | null) => columns.find(({ field }) => field === column)?.name ?? column
  const suggested = errors.filter(({ suggestion }) => suggestion !== null).length
  return (
    <Stack as="section" gap={5} aria-label="What was read">
      {errorCount === 0 ? (
        <Notice tone="success" role="alert">
          <strong>{rows(total, 'row')} read.</strong>{' '}
          {edit ? `${rows(edit.summary?.changed ?? 0)} would change.` : 'The file says nothing about prices.'}{' '}
          {costsSet}
        </Notice>
      ) : (
        <Notice tone="warning" role="alert">
          <strong>
            {rows(errorCount, 'row')} of {total.toLocaleString('en')} could not be taken.
          </strong>{' '}
          {edit
            ? `The other rows are previewed: ${rows(edit.summary?.changed ?? 0)} would change.`
            : 'There is nothing to preview.'}{' '}
          {costsSet} {CORRECT_THEM}
        </Notice>
      )}
      {notes.length > 0 ? (
        <ul>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      ) : null}
      <ColumnMap columns={columns} ignoredColumns={ignoredColumns} busy={busy} onChange={onColumns} />
      {sales.length > 0 ? (
        <>
          <h2>Sales in the file, each to be planned</h2>
          <DataTable label="Sales in the file" columns={SALES} rows={sales} rowKey={({ edit: { id } }) => id} />
        </>
      ) : null}
      <Row>
        {edit ? (
          <ButtonLink href={`/admin/bulk/${edit.id}`}>
            {errorCount === 0 ? 'Go on to the preview' : 'Go on with the rest'}
          </ButtonLink>
        ) : null}
        {errorCount > 0 ? rejected : null}
        {suggested > 0 ? (
          <Button variant="secondary" disabled={busy} onClick={onTakeSuggested}>
            Take the suggested SKUs
          </Button>
        ) : null}
      </Row>
      {errorCount > 0 ? (
        <ErrorTable errors={errors.map((error) => ({ ...error, column: named(error.column) }))} count={errorCount} />
      ) : null}
    </Stack>
  )
}
