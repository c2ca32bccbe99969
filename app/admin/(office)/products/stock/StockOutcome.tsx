import Link from 'next/link'
import type { ReactNode } from 'react'
import type { StockImport } from '#lib/pricing/stock/importStocks.ts'
import { Button } from '../../../../_ui/Button.tsx'
import { Notice } from '../../../../_ui/Notice.tsx'
import { TableFrame } from '../../../_components/TableFrame.tsx'
import table from '../../../_components/table.module.css'
import { rows } from '../../bulk/_edit/states.ts'
import styles from '../../bulk/_import/Import.module.css'
import { ErrorTable } from '../../bulk/_import/ErrorTable.tsx'

function Changes({ changes, changed }: Pick<StockImport, 'changes' | 'changed'>) {
  return (
    <>
      <TableFrame>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">Product</th>
              <th scope="col">In stock</th>
              <th scope="col">Set to</th>
            </tr>
          </thead>
          <tbody>
            {changes.map(({ productId, sku, name, from, to }) => (
              <tr key={productId}>
                <th scope="row" className={table.wide}>
                  <Link href={`/admin/products/${productId}`} prefetch={false}>
                    {name}
                  </Link>
                  <span className={table.sub}>{sku}</span>
                </th>
                <td data-label="In stock">{from.toLocaleString('en')}</td>
                <td data-label="Set to">{to.toLocaleString('en')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      {changed > changes.length ? <p className="muted">The first {changes.length} are listed.</p> : null}
    </>
  )
}

/** The result of a set of rows, in words. */
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

/** The changes of a file, and its rows that could not be taken. */
export function StockOutcome({ result, busy, onSet, onTakeSuggested, rejected }: Props) {
  const { state, changed, changes, conflict, errors, errorCount, notes, ignoredColumns } = result
  const preview = state === 'previewed'
  const left = conflict + errorCount
  return (
    <section aria-label="What was read" className={styles.form}>
      <Notice tone={left > 0 ? 'warning' : preview ? 'neutral' : 'success'} role="alert">
        {said(result)} {errorCount > 0 ? `${rows(errorCount, 'row')} could not be taken.` : ''}
      </Notice>
      {notes.length > 0 ? (
        <ul className={styles.notes}>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      ) : null}
      {ignoredColumns.length > 0 ? <p className="muted">Left out: {ignoredColumns.join(', ')}.</p> : null}
      <div className={styles.actions}>
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
      </div>
      {preview && changes.length > 0 ? <Changes changes={changes} changed={changed} /> : null}
      {errorCount > 0 ? <ErrorTable errors={errors} /> : null}
    </section>
  )
}
