import { expect, it } from 'vitest'
import { staleReads, type Commit } from '../../bench/strategies/judge.ts'

const commit = (amount: number, committedAt: number, acknowledgedAt: number, phase = 'calm'): Commit => ({
  id: 1,
  amount,
  committedAt,
  acknowledgedAt,
  phase,
})
const read = (amount: number, began: number) => ({ id: 1, amount, began })

it('calls a read stale when it began after a newer price was acknowledged, and says since which commit', () => {
  const commits = [commit(3, 50, 55, 'bulk'), commit(2, 10, 15)]
  expect(staleReads(commits, [read(1, 20), read(1, 60), read(2, 60)])).toEqual([
    { phase: 'calm', behindMs: 10 },
    { phase: 'calm', behindMs: 50 },
    { phase: 'bulk', behindMs: 10 },
  ])
})

it('calls no read stale while the newer price is not acknowledged, or when it shows more than is known', () => {
  const commits = [commit(2, 10, 15), commit(3, 30, Infinity)]
  expect(staleReads(commits, [read(1, 12), read(2, 40), read(9, 40)])).toEqual([])
  expect(staleReads(commits, [{ id: 2, amount: 0, began: 40 }])).toEqual([])
})
