import { TableFrame } from '../../../_components/TableFrame.tsx'
import table from '../../../_components/table.module.css'
import type { ImportResult } from './upload.ts'

export const LISTED = 200

/** Rows of a file that could not be taken, by their lines. */
export function ErrorTable({ errors }: Pick<ImportResult, 'errors'>) {
  return (
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
          {errors.slice(0, LISTED).map(({ line, sku, column, message }) => (
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
  )
}
