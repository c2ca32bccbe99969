import { describe, expect, test } from 'vitest'
import { BulkEditRefusedError } from '../errors.ts'
import { inZone, wallTime } from './wallTime.ts'

const at = (text: string, zone = 'Europe/Berlin') => wallTime(text, zone, 'startsAt').toISOString()

describe('a time on the wall', () => {
  test.each([
    ['2026-11-27T09:00', 'Europe/Berlin', '2026-11-27T08:00:00.000Z'],
    ['2026-07-01T09:00:30', 'Europe/Berlin', '2026-07-01T07:00:30.000Z'],
    ['2026-11-27T00:00', 'America/New_York', '2026-11-27T05:00:00.000Z'],
    ['2026-11-27T00:00', 'Asia/Kolkata', '2026-11-26T18:30:00.000Z'],
    ['2026-11-27T09:00+01:00', 'Europe/Berlin', '2026-11-27T08:00:00.000Z'],
    ['2026-11-27T09:00Z', 'UTC', '2026-11-27T09:00:00.000Z'],
  ])('%s in %s is %s', (text, zone, moment) => {
    expect(at(text, zone)).toBe(moment)
    expect(wallTime(inZone(new Date(moment), zone), zone, 'startsAt').toISOString()).toBe(moment)
  })

  test('that the clocks show twice needs its offset', () => {
    expect(() => at('2026-10-25T02:30')).toThrow(/twice.*\+02:00 or .*\+01:00/)
    expect(at('2026-10-25T02:30+02:00')).toBe('2026-10-25T00:30:00.000Z')
    expect(at('2026-10-25T02:30+01:00')).toBe('2026-10-25T01:30:00.000Z')
  })

  test.each([
    ['2026-03-29T02:30', 'Europe/Berlin', /does not exist/],
    ['2026-11-27T09:00+05:00', 'Europe/Berlin', /\+01:00 from UTC/],
    ['2026-02-30T09:00', 'Europe/Berlin', /no day or time/],
    ['tomorrow', 'Europe/Berlin', /Write the time/],
    ['2026-11-27T09:00', 'Europe/Atlantis', /no time zone/],
  ])('%s in %s is refused, and says why', (text, zone, message) => {
    expect(() => at(text, zone)).toThrow(BulkEditRefusedError)
    expect(() => at(text, zone)).toThrow(message)
  })
})
