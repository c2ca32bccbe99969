import { expect, it } from 'vitest'
import { StartLog } from './renderStart.ts'

const at = (startedAt: number) => ({ startedAt, epoch: 'one', source: 'one' })

it('gives a fill the newest start that is not later than itself, and none where all are later', () => {
  const log = new StartLog()
  log.note(at(1), 1_000)
  log.note(at(2), 2_000)
  expect([999, 1_000, 1_999.5, 2_000, 9_000].map((beganAt) => log.before(beganAt)?.startedAt)).toEqual([
    undefined,
    1,
    1,
    2,
    2,
  ])
})

it('keeps a bounded number, and forgets the oldest', () => {
  const log = new StartLog(100)
  for (let i = 0; i < 10_000; i++) log.note(at(i), i)
  expect(log.size).toBeLessThanOrEqual(100)
  expect(log.before(9_999)).toEqual(at(9_999))
  expect(log.before(9_899)).toBe(undefined)
})
