import Link from 'next/link'
import type { ReactNode } from 'react'
import { Button, ButtonLink } from '../../../../_ui/Button.tsx'
import { Notice } from '../../../../_ui/Notice.tsx'
import { TableFrame } from '../../../_components/TableFrame.tsx'
import table from '../../../_components/table.module.css'
import { rows } from '../_edit/states.ts'
import { wall } from '../_schedule/scheduleWords.ts'
import { ColumnMap } from './ColumnMap.tsx'
import { ErrorTable, LISTED } from './ErrorTable.tsx'
import styles from './Import.module.css'
import type { Answer, ImportResult } from './upload.ts'

/** As the page of a preview reads it: its form of times is open, and filled. */
function planHref({ edit, startsAt, endsAt, timeZone }: ImportResult['sales'][number]): string {
  const times = new URLSearchParams({ plan: 'sale', timeZone, startsAt: startsAt ?? '', endsAt: endsAt ?? '' })
  return `/admin/bulk/${edit.id}?${times}`
}

function Sales({ sales }: Pick<ImportResult, 'sales'>) {
  return (
    <TableFrame>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">Start</th>
            <th scope="col">End</th>
            <th scope="col">Prices</th>
            <th scope="col">Next</th>
          </tr>
        </thead>
        <tbody>
          {sales.map((sale) => (
            <tr key={sale.edit.id}>
              <th scope="row">{sale.startsAt === null ? 'You choose' : wall(sale.startsAt)}</th>
              <td data-label="End">{sale.endsAt === null ? 'You choose' : wall(sale.endsAt)}</td>
              <td data-label="Prices">{rows(sale.edit.summary?.changed ?? 0)}</td>
              <td data-label="Next">
                <Link href={planHref(sale)} target="_blank">
                  Preview and plan
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}

interface Props {
  readonly result: ImportResult
  readonly busy: boolean
  /** Reads the file once more. */
  readonly onColumns: (answers: readonly Answer[]) => void
  readonly onTakeSuggested: () => void
  /** The way to the rows that were left out. */
  readonly rejected: ReactNode
}

/** The result of a file: its columns, the rows that could not be taken, by their lines, and the way on with the rest. */
export function ImportOutcome({ result, busy, onColumns, onTakeSuggested, rejected }: Props) {
  const { edit, sales, errors, errorCount, rows: total, costs, columns, ignoredColumns, notes } = result
  const costsSet = costs > 0 ? `${rows(costs, 'cost')} ${costs === 1 ? 'is' : 'are'} set.` : ''
  const suggested = errors.filter(({ suggestion }) => suggestion !== null).length
  return (
    <section aria-label="What was read" className={styles.form}>
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
          {costsSet}
        </Notice>
      )}
      {notes.length > 0 ? (
        <ul className={styles.notes}>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      ) : null}
      <ColumnMap columns={columns} ignoredColumns={ignoredColumns} busy={busy} onChange={onColumns} />
      {sales.length > 0 ? (
        <>
          <h2>Sales in the file, each to be planned</h2>
          <Sales sales={sales} />
        </>
      ) : null}
      <div className={styles.actions}>
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
      </div>
      {errorCount > 0 ? <ErrorTable errors={errors} /> : null}
      {errorCount > LISTED ? (
        <p className="muted">The first {LISTED} are listed; the file of the rejected rows has them all.</p>
      ) : null}
    </section>
  )
}
