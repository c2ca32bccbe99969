/** From when to when a row of a file says that its sale price holds: WooCommerce and Magento in two cells, Google in one. */
import { Temporal } from 'temporal-polyfill'
import type { ImportColumn } from './aliases.ts'

export interface SaleDates {
  /** Null: the file names none. */
  readonly start: Date | null
  readonly end: Date | null
}

export interface WrongDate {
  readonly column: ImportColumn
  readonly message: string
}

const DAY = /^(?:(\d{4})-(\d{2})-(\d{2})|(\d{2})\.(\d{2})\.(\d{4}))$/
const MOMENT = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?\s?(Z|[+-]\d{2}:?\d{2})?$/

/** A day is whole: one that ends a sale is its last. @throws {RangeError} when there is no such day or time */
function momentOf(text: string, timeZone: string, ends: boolean): Temporal.Instant | undefined {
  const day = DAY.exec(text)
  if (day) {
    const [, year, month, date, germanDate, germanMonth, germanYear] = day
    const iso = `${year ?? germanYear}-${month ?? germanMonth}-${date ?? germanDate}`
    return Temporal.PlainDate.from(iso, { overflow: 'reject' })
      .add({ days: ends ? 1 : 0 })
      .toZonedDateTime(timeZone)
      .toInstant()
  }
  const [, date, time, offset] = MOMENT.exec(text) ?? []
  if (date === undefined || time === undefined) return undefined
  if (offset === undefined)
    return Temporal.PlainDateTime.from(`${date}T${time}`, { overflow: 'reject' }).toZonedDateTime(timeZone).toInstant()
  return Temporal.Instant.from(`${date}T${time}${offset}`)
}

function read(text: string, timeZone: string, ends: boolean): Date | null | undefined {
  if (text === '') return null
  try {
    const moment = momentOf(text, timeZone, ends)
    return moment && new Date(moment.epochMilliseconds)
  } catch {
    return undefined
  }
}

const wrong = (column: ImportColumn, text: string): WrongDate => ({
  column,
  message: `"${text}" is no date that can be read in one way only. Write it as in 2026-11-27 or 2026-11-27T09:00+01:00.`,
})

/**
 * @param cells what stands in the columns of dates; empty where there is none
 * @param timeZone of dates that name no offset
 * @example readSaleDates({ dates: '2026-11-27T09:00+01:00/2026-11-30T23:59+01:00', start: '', end: '' }, 'UTC')
 */
export function readSaleDates(
  cells: { readonly start: string; readonly end: string; readonly dates: string },
  timeZone: string,
): SaleDates | WrongDate {
  const parts = cells.dates === '' ? ['', ''] : cells.dates.split('/').map((part) => part.trim())
  if (parts.length !== 2)
    return { column: 'sale_dates', message: `"${cells.dates}" is no start and end. Write the two with / between them.` }
  const [from = '', to = ''] = parts
  const start = read(cells.start || from, timeZone, false)
  const end = read(cells.end || to, timeZone, true)
  if (start === undefined) return wrong(cells.start === '' ? 'sale_dates' : 'sale_start', cells.start || from)
  if (end === undefined) return wrong(cells.end === '' ? 'sale_dates' : 'sale_end', cells.end || to)
  if (start && end && end <= start)
    return { column: cells.end === '' ? 'sale_dates' : 'sale_end', message: 'The sale ends before it starts.' }
  return { start, end }
}
