/** The moments that a clock on the wall means: `lib/pricing/bulk/schedule/wallTime.ts` decides, this asks before. */

const HOUR = 3_600_000

/** `+02:00` at this moment; undefined when there is no such zone. */
function offsetAt(moment: number, timeZone: string): string | undefined {
  try {
    const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(moment)
    const name = parts.find(({ type }) => type === 'timeZoneName')?.value
    return name === 'GMT' ? '+00:00' : name?.replace('GMT', '').slice(0, 6)
  } catch {
    return undefined
  }
}

/**
 * @param text as an input for a local time has it: `2026-10-25T02:30`
 * @returns the offsets with which the clock of the zone shows this time, the first one first: two in the hour that comes
 * twice, none in the one that is skipped or for what is no time
 */
export function wallOffsets(text: string, timeZone: string): string[] {
  const asUtc = Date.parse(`${text}Z`)
  if (Number.isNaN(asUtc)) return []
  const around = [-36, -12, 0, 12, 36].flatMap((hours) => offsetAt(asUtc + hours * HOUR, timeZone) ?? [])
  const moments = [...new Set(around)].map((offset) => ({ offset, at: Date.parse(`${text}${offset}`) }))
  return moments
    .filter(({ offset, at }) => offsetAt(at, timeZone) === offset)
    .toSorted((a, b) => a.at - b.at)
    .map(({ offset }) => offset)
}
