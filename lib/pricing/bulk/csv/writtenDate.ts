/** Dates as people and programs write them, as ISO 8601. */
import { Temporal } from 'temporal-polyfill'
import type { DateOrder } from './questions.ts'

/** The year first; or with points the day first; or an order that the file must say: `1/5/26`. */
const DATE =
  /^(?:(?<y>\d{4})(?<mark>[-/.])(?<m>\d{1,2})\k<mark>(?<d>\d{1,2})|(?<one>\d{1,2})(?<between>[-/.])(?<two>\d{1,2})\k<between>(?<year>\d{4}|\d{2}))/
const TIME =
  /^(?:T|,? )(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.\d+)?)?(?: ?(?<half>[AP])M)?(?<offset> ?(?:Z|[+-]\d{2}:?\d{2}))?$/i

export interface WrittenDate {
  /** `2026-01-05` */
  readonly day: string
  /** `09:10:00`; undefined: the whole day. */
  readonly time: string | undefined
  /** `Z` or `+01:00`; undefined: none is named. */
  readonly offset: string | undefined
}

const two = (digits: string) => digits.padStart(2, '0')

function timeOf(text: string): Pick<WrittenDate, 'time' | 'offset'> | undefined {
  if (text === '') return { time: undefined, offset: undefined }
  const { hour, minute, second = '00', half, offset } = TIME.exec(text)?.groups ?? {}
  if (hour === undefined || minute === undefined) return undefined
  if (half !== undefined && (Number(hour) < 1 || Number(hour) > 12)) return undefined
  const hours = half === undefined ? hour : String((Number(hour) % 12) + (/p/i.test(half) ? 12 : 0))
  return { time: `${two(hours)}:${minute}:${second}`, offset: offset?.trim() }
}

/**
 * @param order of `1/5/26`
 * @returns undefined when it is no date
 * @throws {RangeError} when there is no such day or time
 */
export function readWritten(text: string, order: DateOrder): WrittenDate | undefined {
  const found = DATE.exec(text)
  const { y, m, d, one = '', between, two: second = '', year = '' } = found?.groups ?? {}
  const time = found && timeOf(text.slice(found[0].length))
  if (!time) return undefined
  const whole = year.length === 2 ? `20${year}` : year
  const dayFirst = between === '.' || order === 'day-first'
  const [month, date] = y === undefined ? (dayFirst ? [second, one] : [one, second]) : [m ?? '', d ?? '']
  const day = Temporal.PlainDate.from(`${y ?? whole}-${two(month)}-${two(date)}`, { overflow: 'reject' }).toString()
  if (time.time !== undefined) Temporal.PlainTime.from(time.time, { overflow: 'reject' })
  return { day, ...time }
}

/** @returns the day of a date, `2026-01-05`; undefined when there is none, or `text` is no date in this order */
export function readDay(text: string, order: DateOrder): string | undefined {
  try {
    return readWritten(text, order)?.day
  } catch {
    return undefined
  }
}
