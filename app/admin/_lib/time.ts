const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' })
const ABSOLUTE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' })
const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

/** `21 Nov 2026, 14:03:07 UTC`: editors sit in several time zones, so the zone is named. */
export function absolute(at: Date): string {
  return `${ABSOLUTE.format(at)} UTC`
}

/** `3 min. ago`; a date that is more than a month old is given in full, where the minute says nothing any more. */
export function relative(at: Date, now = Date.now()): string {
  const age = now - at.getTime()
  if (age > 30 * 86_400_000)
    return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' }).format(at)
  const step = STEPS.find(([, length]) => age >= length)
  return step ? RELATIVE.format(-Math.floor(age / step[1]), step[0]) : 'just now'
}
