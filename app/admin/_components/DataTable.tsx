import { Fragment, type ReactNode } from 'react'
import { classNames } from '../../_ui/classNames.ts'
import styles from './DataTable.module.css'

export interface Column<Row> {
  readonly header: ReactNode
  readonly cell: (row: Row) => ReactNode
  /** `number`: at the end of the cell, in one line; `short`: in one line; `text`: breaks anywhere. */
  readonly kind?: 'number' | 'short' | 'text'
  /** On the card of a phone in place of the header. The first column has a label there only if it is given. */
  readonly label?: string
  /** On the card of a phone: left out, without its label, or over its whole width. */
  readonly phone?: 'hidden' | 'bare' | 'wide'
}

interface Props<Row> {
  /** Names the table for a screen reader. */
  readonly label: string
  /** The first one names the row. */
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string | number
  readonly rowData?: (row: Row) => Readonly<Record<`data-${string}`, string | number | undefined>>
  /** A line of its own below a row. */
  readonly note?: (row: Row, next: Row | undefined) => ReactNode
  /** In place of a table without rows. */
  readonly empty?: ReactNode
  /** The card of a phone has its values side by side. */
  readonly compact?: boolean
  readonly testId?: string
}

function classOf<Row>({ kind, phone }: Column<Row>): string | undefined {
  return classNames(kind && styles[kind], phone && styles[phone]) || undefined
}

/** A table; on a phone, each row is a card. One that is wider than its place scrolls, with the keyboard as well. */
export function DataTable<Row>(props: Props<Row>) {
  const { label, columns, rows, rowKey, rowData, note, empty, compact, testId } = props
  if (rows.length === 0 && empty !== undefined) return empty
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must take the focus
    <div className={styles.frame} tabIndex={0}>
      <table aria-label={label} className={classNames(styles.table, compact && styles.compact)} data-testid={testId}>
        <thead>
          <tr>
            {columns.map((column, at) => (
              <th key={at} scope="col" className={classOf(column)}>
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => {
            const below = note?.(row, rows[i + 1])
            return (
              <Fragment key={rowKey(row)}>
                <tr {...rowData?.(row)}>
                  {columns.map((column, at) =>
                    at === 0 ? (
                      <th key={at} scope="row" data-label={column.label} className={classOf(column)}>
                        {column.cell(row)}
                      </th>
                    ) : (
                      <td key={at} data-label={column.label ?? headerText(column)} className={classOf(column)}>
                        {column.cell(row)}
                      </td>
                    ),
                  )}
                </tr>
                {below ? (
                  <tr>
                    <td colSpan={columns.length} className="muted">
                      {below}
                    </td>
                  </tr>
                ) : null}
              </Fragment>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

function headerText<Row>({ header }: Column<Row>): string | undefined {
  return typeof header === 'string' ? header : undefined
}

/** The name of a row, larger than its other texts. */
export function Main({ children }: { children: ReactNode }) {
  return <span className={styles.main}>{children}</span>
}

/** The second line of a cell. */
export function Sub({ children }: { children: ReactNode }) {
  return <span className={styles.sub}>{children}</span>
}

/** Around a link that the whole row leads to; it carries the name and the focus. */
export function RowLink({ children }: { children: ReactNode }) {
  return <span className={styles.rowLink}>{children}</span>
}
