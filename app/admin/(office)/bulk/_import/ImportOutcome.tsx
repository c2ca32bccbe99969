import { ButtonLink } from '../../../../_ui/Button.tsx'
import { Notice } from '../../../../_ui/Notice.tsx'
import { TableFrame } from '../../../_components/TableFrame.tsx'
import table from '../../../_components/table.module.css'
import { rows } from '../_edit/states.ts'
import styles from './Import.module.css'
import type { ImportResult } from './upload.ts'

/** What of the file could not be taken, by its lines, and the way on with the rest. */
export function ImportOutcome({ result }: { result: ImportResult }) {
  const { edit, errors, errorCount, rows: total, ignoredColumns, costs } = result
  if (errorCount === 0 && !edit)
    return (
      <Notice tone="success">
        <output>
          <strong>{rows(costs, 'cost')} set.</strong> The file says nothing about prices.
        </output>
      </Notice>
    )
  return (
    <section aria-label="What could not be read" className={styles.form}>
      <Notice tone="warning" role="alert">
        <strong>
          {rows(errorCount, 'row')} of {total.toLocaleString('en')} could not be taken.
        </strong>{' '}
        {edit
          ? `The other rows are previewed: ${rows(edit.summary?.changed ?? 0)} would change.`
          : 'There is nothing to preview.'}
        {costs > 0 ? ` ${rows(costs, 'cost')} ${costs === 1 ? 'is' : 'are'} set.` : ''}
        {ignoredColumns.length > 0 ? ` Columns that mean nothing here: ${ignoredColumns.join(', ')}.` : ''}
      </Notice>
      {edit ? (
        <div>
          <ButtonLink href={`/admin/bulk/${edit.id}`}>Go on with the rest</ButtonLink>
        </div>
      ) : null}
      <TableFrame>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">Line</th>
              <th scope="col">SKU</th>
              <th scope="col">Column</th>
              <th scope="col">What is wrong</th>
            </tr>
          </thead>
          <tbody>
            {errors.slice(0, 200).map(({ line, sku, column, message }) => (
              <tr key={`${line} ${column}`}>
                <th scope="row">{line}</th>
                <td data-label="SKU">{sku ?? '–'}</td>
                <td data-label="Column">{column ?? '–'}</td>
                <td data-label="Wrong" className={table.text}>
                  {message}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      {errorCount > 200 ? <p className="muted">The first 200 are listed.</p> : null}
    </section>
  )
}
