import type { ScheduleView } from '#lib/pricing/bulk/schedule/scheduleContract.ts'
import { wallOffsets } from './wallOffsets.ts'

/** `2026-11-27T09:00:00+01:00` as `Nov 27, 2026, 09:00`: the clock of the schedule's zone, not of who looks. */
export function wall(text: string): string {
  const [date = '', time = ''] = text.split('T')
  const day = new Date(`${date}T00:00:00Z`).toLocaleDateString('en', {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  })
  const clock = time.slice(0, 8)
  return `${day}, ${clock.endsWith(':00') ? clock.slice(0, 5) : clock}`
}

/** With its offset where the clock of the zone shows it twice. */
function exact(text: string, timeZone: string): string {
  const twice = wallOffsets(text.slice(0, 16), timeZone).length > 1
  return twice ? `${wall(text)} (${text.slice(-6)})` : wall(text)
}

/** From when to when, with the zone. */
export function span({ startsAt, endsAt, timeZone }: ScheduleView): string {
  return `${exact(startsAt, timeZone)}${endsAt ? ` to ${exact(endsAt, timeZone)}` : ''} (${timeZone})`
}

/** @returns a sentence if a start or an end is near: all prices switch at one moment */
export function switchWords({ switching, state, startsAt, endsAt }: ScheduleView): string | undefined {
  if (switching === null) return undefined
  const what = state === 'pending' ? 'start' : 'end'
  const at = state === 'pending' ? startsAt : (endsAt ?? startsAt)
  return switching === 'preparing'
    ? `Its ${what} is being prepared.`
    : `Its ${what} is ready: all prices switch at ${wall(at).split(', ').at(-1)}.`
}

/** @returns the address of a preview that is to be planned as the sale was, in what is left of its time */
export function planAddress(previewId: string, { startsAt, endsAt, timeZone }: ScheduleView): string {
  const left = (time: string | null) => (time !== null && Date.parse(time) > Date.now() ? time : '')
  const plan = { plan: 'sale', startsAt: left(startsAt), endsAt: left(endsAt), timeZone }
  return `/admin/bulk/${previewId}?${new URLSearchParams(plan)}`
}
