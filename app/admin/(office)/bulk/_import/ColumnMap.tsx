import { useState } from 'react'
import { COLUMN_WORDS, IMPORT_COLUMNS } from '#lib/pricing/bulk/csv/aliases.ts'
import { Button } from '../../../../_ui/Button.tsx'
import { SelectField } from '../../../../_ui/Field.tsx'
import styles from './Import.module.css'
import type { Answer, ImportResult } from './upload.ts'

const WORDS: Readonly<Record<string, string>> = COLUMN_WORDS

interface Props extends Pick<ImportResult, 'columns' | 'ignoredColumns'> {
  readonly busy: boolean
  readonly onChange: (answers: readonly Answer[]) => void
}

/** The meaning of each column of the file, also of those that were left out; a person can change it. */
export function ColumnMap({ columns, ignoredColumns, busy, onChange }: Props) {
  const [said, setSaid] = useState<Readonly<Record<string, string>>>({})
  const taken = columns.map(({ field, name }) => ({ name, field: said[name] ?? field }))
  const left = ignoredColumns.map((name) => ({ name, field: said[name] ?? '' }))
  const all = [...taken, ...left]
  const fields = all.map(({ field }) => field).filter((field) => field !== '')
  const twice = fields.find((field, i) => fields.indexOf(field) !== i)
  return (
    <details className={styles.columns}>
      <summary>
        Columns: {columns.map(({ name }) => name).join(', ')}.{' '}
        {ignoredColumns.length > 0 ? `Left out: ${ignoredColumns.join(', ')}.` : 'None is left out.'}
      </summary>
      <div className={styles.map}>
        {all.map(({ name, field }, i) => (
          <SelectField
            key={name}
            id={`column-${i}`}
            label={name}
            value={field}
            onChange={(event) => setSaid({ ...said, [name]: event.target.value })}
          >
            <option value="">Left out</option>
            {IMPORT_COLUMNS.map((column) => (
              <option key={column} value={column}>
                {COLUMN_WORDS[column]}
              </option>
            ))}
          </SelectField>
        ))}
      </div>
      {twice === undefined ? null : <p role="alert">Only one column can be {WORDS[twice] ?? twice}.</p>}
      {Object.keys(said).length > 0 ? (
        <div>
          <Button
            variant="secondary"
            disabled={busy || twice !== undefined}
            onClick={() =>
              onChange(
                all.map(({ name, field }) =>
                  field === ''
                    ? { parameter: 'ignore', value: name }
                    : { parameter: 'column', value: `${field}=${name}` },
                ),
              )
            }
          >
            Read again with these columns
          </Button>
        </div>
      ) : null}
    </details>
  )
}
