import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wallTime } from '#lib/pricing/bulk/schedule/wallTime.ts'
import { wallOffsets } from './wallOffsets.ts'

test.each([
  ['2026-10-25T02:30', 'Europe/Berlin', ['+02:00', '+01:00']],
  ['2026-10-25T01:59', 'Europe/Berlin', ['+02:00']],
  ['2026-10-25T03:00', 'Europe/Berlin', ['+01:00']],
  ['2026-03-29T02:30', 'Europe/Berlin', []],
  ['2026-11-01T01:15', 'America/New_York', ['-04:00', '-05:00']],
  ['2026-04-05T01:45', 'Australia/Lord_Howe', ['+11:00', '+10:30']],
  ['2026-11-27T09:00', 'UTC', ['+00:00']],
  ['2026-11-27T09:00', 'Europe/Atlantis', []],
  ['', 'Europe/Berlin', []],
])('%s in %s has the offsets %j', (text, zone, offsets) => {
  expect(wallOffsets(text, zone)).toEqual(offsets)
})

test('agrees with the server for every time, in zones of every kind', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'America/Sao_Paulo', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC']
  const minutes = fc.oneof(
    fc.integer({ min: Date.UTC(2026, 0, 1) / 60_000, max: Date.UTC(2030, 0, 1) / 60_000 }),
    fc.integer({ min: Date.UTC(2026, 9, 24, 20) / 60_000, max: Date.UTC(2026, 9, 25, 8) / 60_000 }),
  )
  fc.assert(
    fc.property(minutes, fc.constantFrom(...zones), (minute, zone) => {
      const text = new Date(minute * 60_000).toISOString().slice(0, 16)
      const offsets = wallOffsets(text, zone)
      const read = (written: string) => wallTime(written, zone, 'startsAt').getTime()
      for (const offset of offsets) expect(read(`${text}${offset}`)).toBe(Date.parse(`${text}${offset}`))
      if (offsets.length === 1) expect(read(text)).toBe(Date.parse(`${text}${offsets[0]}`))
      else expect(() => read(text)).toThrow(offsets.length === 2 ? /twice/ : /does not exist/)
    }),
    { numRuns: 300 },
  )
})
