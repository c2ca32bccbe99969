import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { firstHead, termOfHead } from './head.ts'
import { Belief, leaseTimes, NO_LEASE, Unchanged } from './lease.ts'

const LEASE = 2_000

function clock() {
  let at = 1_000_000
  return { now: () => at, pass: (ms: number) => (at += ms) }
}

describe('a process', () => {
  it('believes nothing of a lease that it sees for the first time', () => {
    const { now } = clock()
    const belief = new Belief(LEASE, now)
    expect(belief.saw({ name: '1 a', nonce: 7 }, now())).toBe(false)
    expect(belief.saw({ name: '1 a', nonce: 7 }, now())).toBe(false)
  })

  it('believes for a lease time from when it sent the last poll that returned a lower nonce', () => {
    const { now, pass } = clock()
    const belief = new Belief(LEASE, now)
    belief.saw({ name: '1 a', nonce: 7 }, now())
    pass(300)
    const sent = now()
    pass(100)
    belief.saw({ name: '1 a', nonce: 7 }, sent)
    pass(200)
    expect(belief.saw({ name: '1 a', nonce: 8 }, now())).toBe(true)
    expect(belief.remainingMs).toBe(LEASE - 300)
    pass(LEASE - 301)
    expect(belief.saw({ name: '1 a', nonce: 8 }, now())).toBe(true)
    pass(1)
    expect(belief.saw({ name: '1 a', nonce: 8 }, now()), 'however often the same nonce is seen').toBe(false)
  })

  it('does not believe an answer that has no lease, a lower nonce, or another name', () => {
    const { now } = clock()
    const belief = new Belief(LEASE, now)
    belief.saw({ name: '3 a', nonce: 1 }, now())
    expect(belief.saw({ name: '3 a', nonce: 2 }, now())).toBe(true)
    expect(belief.saw(NO_LEASE, now())).toBe(false)
    expect(belief.saw({ name: '3 a', nonce: 1 }, now()), 'a server with an earlier state').toBe(false)
    expect(belief.saw({ name: '2 a', nonce: 9 }, now())).toBe(false)
    expect(belief.saw({ name: '3 a', nonce: 3 }, now()), 'it begins anew').toBe(false)
    expect(belief.saw({ name: '3 b', nonce: 4 }, now()), 'the same term on another server').toBe(false)
  })

  it('never believes for longer than a lease time after the last extension that it can have seen', () => {
    const event = fc.record({ pass: fc.integer({ min: 1, max: 900 }), extend: fc.boolean(), delay: fc.nat(400) })
    const longestBelief = (events: { pass: number; extend: boolean; delay: number }[]) => {
      const { now, pass } = clock()
      const belief = new Belief(LEASE, now)
      let [nonce, extendedAt, longest] = [1, now(), 0]
      for (const { pass: ms, extend, delay } of events) {
        pass(ms)
        const sent = now()
        pass(delay)
        if (extend) [nonce, extendedAt] = [nonce + 1, now()]
        if (belief.saw({ name: '1 a', nonce }, sent)) longest = Math.max(longest, now() - extendedAt)
      }
      return longest
    }
    expect(() =>
      fc.assert(fc.property(fc.array(event, { maxLength: 60 }), (events) => longestBelief(events) < LEASE)),
    ).not.toThrow()
  })
})

it('waits for two lease times and a margin', () => {
  expect(leaseTimes(LEASE)).toEqual({ leaseMs: 2_000, refreshMs: 500, waitMs: 4_200, goneMs: 2_100 })
})

it('counts from when a value was first seen', () => {
  const { now, pass } = clock()
  const renewals = new Unchanged<number>(now)
  expect(renewals.forMs).toBe(0)
  renewals.saw(5)
  pass(100)
  renewals.saw(5)
  expect(renewals.forMs).toBe(100)
  renewals.saw(4)
  expect(renewals).toMatchObject({ value: 4, forMs: 0 })
})

it('counts nothing while there is no value', () => {
  const { now, pass } = clock()
  const gone = new Unchanged<string>(now)
  gone.saw('a')
  pass(100)
  gone.saw(undefined)
  pass(100)
  expect(gone).toMatchObject({ value: undefined, forMs: 0 })
  gone.saw('a')
  pass(5)
  expect(gone.forMs).toBe(5)
})

it('orders heads by their term', () => {
  expect(termOfHead(firstHead(41) + 12)).toBe(41)
  expect(firstHead(42)).toBeGreaterThan(firstHead(41) + 1e9)
})
