/** From when to when a row of a file says that its sale price holds: WooCommerce and Magento in two cells, Google in one. */
import { Temporal } from 'temporal-polyfill'
import { BulkEditRefusedError } from '../errors.ts'
import { wallTime } from '../schedule/wallTime.ts'
import type { ImportColumn } from './aliases.ts'
import type { DateOrder } from './questions.ts'
import { readWritten } from './writtenDate.ts'

export interface DateReading {
  /** Of dates that name no offset. */
  readonly timeZone: string
  /** Of dates such as `1/5/26`. */
  readonly order: DateOrder
}

export interface SaleDates {
  /** Null: the file names none. */
  readonly start: Date | null
  readonly end: Date | null
}

export interface WrongDate {
  readonly column: ImportColumn
  readonly message: string
}

const dateOf = ({ epochMilliseconds }: Pick<Temporal.Instant, 'epochMilliseconds'>) => new Date(epochMilliseconds)

/**
 * A day is whole: one that ends a sale is its last.
 * @throws {RangeError} when there is no such day or time
 * @throws {BulkEditRefusedError} when the clock of the zone skips the time, or shows it twice
 */
function momentOf(text: string, { timeZone, order }: DateReading, ends: boolean): Date | undefined {
  const { day, time, offset } = readWritten(text, order) ?? {}
  if (day === undefined) return undefined
  if (time === undefined)
    return dateOf(
      Temporal.PlainDate.from(day)
        .add({ days: ends ? 1 : 0 })
        .toZonedDateTime(timeZone),
    )
  if (offset === undefined) return wallTime(`${day}T${time}`, timeZone, ends ? 'sale_end' : 'sale_start')
  return dateOf(Temporal.Instant.from(`${day}T${time}${offset}`))
}

/** As MySQL and SAP write that there is no date. */
const NO_DATE = /^0000-00-00|^9999-12-31|^31\.12\.9999/

/** @returns null: there is none; else the moment, or why there is none */
function read(text: string, reading: DateReading, ends: boolean): Date | null | string {
  if (text === '' || NO_DATE.test(text)) return null
  try {
    const moment = momentOf(text, reading, ends)
    if (moment) return moment
  } catch (error) {
    // A time that the clock skips or shows twice; else there is no such day.
    if (error instanceof BulkEditRefusedError) return error.issues.map(({ message }) => message).join(' ')
  }
  return `"${text}" is no date that can be read in one way only. Write it as in 2026-11-27 or 2026-11-27T09:00+01:00.`
}

/**
 * @param cells what stands in the columns of dates; empty where there is none
 * @example readSaleDates({ dates: '2026-11-27T09:00+01:00/2026-11-30T23:59+01:00', start: '', end: '' }, { timeZone: 'UTC', order: 'month-first' })
 */
export function readSaleDates(
  cells: { readonly start: string; readonly end: string; readonly dates: string },
  reading: DateReading,
): SaleDates | WrongDate {
  const parts = cells.dates === '' ? ['', ''] : cells.dates.split('/').map((part) => part.trim())
  if (parts.length !== 2)
    return { column: 'sale_dates', message: `"${cells.dates}" is no start and end. Write the two with / between them.` }
  const [from = '', to = ''] = parts
  const start = read(cells.start || from, reading, false)
  const end = read(cells.end || to, reading, true)
  if (typeof start === 'string') return { column: cells.start === '' ? 'sale_dates' : 'sale_start', message: start }
  if (typeof end === 'string') return { column: cells.end === '' ? 'sale_dates' : 'sale_end', message: end }
  if (start && end && end <= start)
    return {
      column: cells.end === '' ? 'sale_dates' : 'sale_end',
      message: 'The sale ends before it starts. Correct one of its dates.',
    }
  return { start, end }
}
