/** The name of a column of a file in an answer. */
import { COLUMN_WORDS, IMPORT_COLUMNS, type ImportColumn, plainName } from './aliases.ts'
import { CsvRefusedError } from './errors.ts'
import type { ImportAnswers } from './questions.ts'

/** As an answer names a column: by its header, or by its place where that is empty or there twice. */
export function columnName(header: readonly string[], at: number): string {
  const name = header[at]?.trim() ?? ''
  return name === '' || header.filter((other) => plainName(other) === plainName(name)).length > 1 ? `#${at + 1}` : name
}

/** @throws {CsvRefusedError} naming the columns that there are, or the places of those of the same name */
export function findColumn(header: readonly string[], name: string, line: number): number {
  const place = /^#(\d{1,4})$/.exec(name)
  if (place && Number(place[1]) >= 1 && Number(place[1]) <= header.length) return Number(place[1]) - 1
  const found = header.flatMap((other, i) => (plainName(other) === plainName(name) ? [i] : []))
  const [at] = found
  if (at === undefined || name.trim() === '')
    throw new CsvRefusedError(
      'invalid_csv',
      `There is no column "${name}". Name one of these: ${header.map((_name, i) => columnName(header, i)).join(', ')}.`,
      line,
    )
  if (found.length > 1)
    throw new CsvRefusedError(
      'invalid_csv',
      `The column "${name}" is there more than once. Name it by its place: ${found.map((i) => `#${i + 1}`).join(' or ')}.`,
      line,
    )
  return at
}

const isImportColumn = (name: string): name is ImportColumn => IMPORT_COLUMNS.some((column) => column === name)

/** What was said of the columns, as places. @throws {CsvRefusedError} naming the answer that names no column, or one twice */
export function statedColumns({ column, ignore }: ImportAnswers, header: readonly string[], line: number) {
  const at: Partial<Record<ImportColumn, number>> = {}
  for (const answer of column) {
    const [field = '', ...rest] = answer.split('=')
    if (!isImportColumn(field))
      throw new CsvRefusedError(
        'invalid_csv',
        `"${field}" is no field of an import. Name one of these: ${IMPORT_COLUMNS.join(', ')}.`,
        line,
      )
    const place = findColumn(header, rest.join('='), line)
    const other = IMPORT_COLUMNS.find((taken) => taken !== field && at[taken] === place)
    if (other !== undefined)
      throw new CsvRefusedError(
        'invalid_csv',
        `The column "${columnName(header, place)}" is named as ${COLUMN_WORDS[other]} and as ${COLUMN_WORDS[field]}. Name it once.`,
        line,
      )
    at[field] = place
  }
  return { at, left: new Set(ignore.map((name) => findColumn(header, name, line))) }
}
