/** Dates as people and programs write them, as ISO 8601. */
import { Temporal } from 'temporal-polyfill'
import { monthOf } from './monthNames.ts'
import type { DateOrder } from './questions.ts'

/** In one way alone: `2026-01-05`, `20260105`, `2026年1月5日`, `2026. 1. 5.`, `5 Jan 2026`, `January 5, 2026`. */
const CLEAR: readonly RegExp[] = [
  /^(?<year>\d{4})(?<mark>[-/.]) ?(?<month>\d{1,2})\k<mark> ?(?<date>\d{1,2})(?:(?<=\. ?\d+)\.)?/,
  /^(?<year>\d{4})(?<month>\d{2})(?<date>\d{2})(?!\d)/,
  /^(?<year>\d{4})[年년] ?(?<month>\d{1,2})[月월] ?(?<date>\d{1,2})[日일]/,
  /^(?<date>\d{1,2})[. -]+(?<month>\p{L}+)[., -]+(?<year>\d{4}|\d{2})(?!\d)/u,
  /^(?<month>\p{L}+)[. ]+(?<date>\d{1,2}),? (?<year>\d{4})(?!\d)/u,
]
/** With points the day first; or an order that the file must say: `1/5/26`. */
const SHORT = /^(?<one>\d{1,2})(?<between>[-/.]) ?(?<two>\d{1,2})\k<between> ?(?<year>\d{4}|\d{2})/
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

interface Parts {
  readonly year: string
  readonly month: string
  readonly date: string
  /** Characters that they take. */
  readonly length: number
}

function partsOf(text: string, order: DateOrder): Parts | undefined {
  for (const pattern of CLEAR) {
    const found = pattern.exec(text)
    const { year = '', month = '', date = '' } = found?.groups ?? {}
    if (found)
      return { year, month: /^\d/.test(month) ? month : String(monthOf(month) ?? ''), date, length: found[0].length }
  }
  const found = SHORT.exec(text)
  const { one = '', between, two: second = '', year = '' } = found?.groups ?? {}
  if (!found) return undefined
  const [month, date] = between === '.' || order === 'day-first' ? [second, one] : [one, second]
  return { year, month, date, length: found[0].length }
}

/**
 * @param order of `1/5/26`
 * @returns undefined when it is no date
 * @throws {RangeError} when there is no such day or time
 */
export function readWritten(text: string, order: DateOrder): WrittenDate | undefined {
  const parts = partsOf(text, order)
  const time = parts && timeOf(text.slice(parts.length))
  if (!time) return undefined
  const year = parts.year.length === 2 ? `20${parts.year}` : parts.year
  const written = `${year}-${two(parts.month)}-${two(parts.date)}`
  const day = Temporal.PlainDate.from(written, { overflow: 'reject' }).toString()
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
