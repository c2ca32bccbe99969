/** Times on a wall clock, in a stated zone, as moments. */
import { Temporal } from 'temporal-polyfill'
import { BulkEditRefusedError } from '../errors.ts'

function refuse(field: string, message: string): never {
  throw new BulkEditRefusedError([{ field, message }])
}

/** @throws {BulkEditRefusedError} when there is no such zone */
function checkZone(timeZone: string): void {
  try {
    Temporal.Now.instant().toZonedDateTimeISO(timeZone)
  } catch {
    refuse('timeZone', `There is no time zone ${JSON.stringify(timeZone)}. Name it as in Europe/Berlin.`)
  }
}

const WALL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?([+-]\d{2}:\d{2}|Z)?$/

/**
 * A time as it was typed. Nothing is guessed: a time that the clock skips or shows twice is refused.
 * @param text `2026-11-27T09:00`, with an offset where the clock shows the time twice
 * @param field to name in a refusal
 * @throws {BulkEditRefusedError} naming the field
 * @example wallTime('2026-11-27T09:00', 'Europe/Berlin', 'startsAt') // 2026-11-27T08:00:00.000Z
 */
export function wallTime(text: string, timeZone: string, field: string): Date {
  checkZone(timeZone)
  if (!WALL.test(text)) refuse(field, 'Write the time as in 2026-11-27T09:00.')
  let plain: Temporal.PlainDateTime
  try {
    plain = Temporal.PlainDateTime.from(text.replace(/([+-]\d{2}:\d{2}|Z)$/, ''))
  } catch {
    refuse(field, `There is no day or time ${text}.`)
  }
  const earlier = plain.toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  const later = plain.toZonedDateTime(timeZone, { disambiguation: 'later' })
  if (!earlier.toPlainDateTime().equals(plain))
    refuse(field, `The clocks of ${timeZone} go forward then: ${plain.toString()} does not exist.`)
  const offset = /([+-]\d{2}:\d{2}|Z)$/.exec(text)?.[1]?.replace('Z', '+00:00')
  const fits = [earlier, later].filter((moment) => offset === undefined || moment.offset === offset)
  const [moment] = fits
  if (!moment) refuse(field, `In ${timeZone} this time is ${earlier.offset} from UTC, not ${offset}.`)
  if (offset === undefined && !earlier.equals(later)) {
    refuse(
      field,
      `The clocks of ${timeZone} go back then and show ${plain.toString()} twice. Write ${plain.toString()}${earlier.offset} or ${plain.toString()}${later.offset}.`,
    )
  }
  return new Date(moment.epochMilliseconds)
}

/** As the clock in the zone shows it, with the offset. @example inZone(date, 'Europe/Berlin') // '2026-11-27T09:00:00+01:00' */
export function inZone(moment: Date, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(moment.getTime())
    .toZonedDateTimeISO(timeZone)
    .toString({ timeZoneName: 'never', smallestUnit: 'second' })
}
