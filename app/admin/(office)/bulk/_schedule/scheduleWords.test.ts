import { afterEach, describe, expect, test, vi } from 'vitest'
import type { ScheduleView } from '#lib/pricing/bulk/schedule/scheduleContract.ts'
import { inZone } from '#lib/pricing/bulk/schedule/wallTime.ts'
import { planAddress, span, switchWords, wall } from './scheduleWords.ts'

const schedule: ScheduleView = {
  id: '1',
  bulkEditId: '2',
  reason: 'Black Friday',
  state: 'pending',
  timeZone: 'Pacific/Auckland',
  startsAt: '2026-11-27T00:00:00+13:00',
  endsAt: '2026-11-30T23:59:59+13:00',
  createdBy: 'ana',
  startedAt: null,
  endedAt: null,
  endEditId: null,
  message: null,
  switching: null,
  priority: 0,
  overlaps: [],
  problem: null,
  warning: null,
}

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('the time of a schedule', () => {
  test.each([
    ['Pacific/Auckland', '2026-11-26T11:00:00Z', 'Nov 27, 2026, 00:00'],
    ['Europe/Berlin', '2026-12-31T23:30:00Z', 'Jan 1, 2027, 00:30'],
    ['America/Los_Angeles', '2026-01-01T07:59:00Z', 'Dec 31, 2025, 23:59'],
    ['Asia/Kathmandu', '2026-06-01T00:00:00Z', 'Jun 1, 2026, 05:45'],
  ])('is that of the clock in %s, in any zone of the browser', (zone, moment, words) => {
    expect(wall(inZone(new Date(moment), zone))).toBe(words)
  })

  test.each(['America/Los_Angeles', 'UTC', 'Pacific/Auckland'])('is the same on a computer in %s', (here) => {
    vi.stubEnv('TZ', here)
    expect(wall('2026-11-27T00:00:00+13:00')).toBe('Nov 27, 2026, 00:00')
  })

  test('has seconds only where they are not zero', () => {
    expect(wall('2026-11-27T09:00:00+01:00')).toBe('Nov 27, 2026, 09:00')
    expect(wall('2026-11-27T09:00:07+01:00')).toBe('Nov 27, 2026, 09:00:07')
  })

  test('names its zone, and an end only where there is one', () => {
    expect(span(schedule)).toBe('Nov 27, 2026, 00:00 to Nov 30, 2026, 23:59:59 (Pacific/Auckland)')
    expect(span({ ...schedule, endsAt: null })).toBe('Nov 27, 2026, 00:00 (Pacific/Auckland)')
  })

  test('says that all prices switch at once, when that is near', () => {
    expect(switchWords(schedule)).toBeUndefined()
    expect(switchWords({ ...schedule, switching: 'preparing' })).toBe('Its start is being prepared.')
    expect(switchWords({ ...schedule, state: 'running', switching: 'ready' })).toBe(
      'Its end is ready: all prices switch at 23:59:59.',
    )
  })
})

test('the rest of a sale is planned for what is left of its time', () => {
  const [past, future] = ['2020-11-27T00:00:00+13:00', '2120-11-27T00:00:00+13:00']
  expect(planAddress('7', { ...schedule, startsAt: past, endsAt: future })).toBe(
    '/admin/bulk/7?plan=sale&startsAt=&endsAt=2120-11-27T00%3A00%3A00%2B13%3A00&timeZone=Pacific%2FAuckland',
  )
})
