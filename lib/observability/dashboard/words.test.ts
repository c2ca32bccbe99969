/** The claims and words of the dashboard, from given evidence. */
import { describe, expect, it } from 'vitest'
import { whyBehind } from './drift.ts'
import { HitRatios, pageReads } from './hitRatio.ts'
import { judgeLayer } from './productCard.ts'
import { sloOf } from './freshnessSlo.ts'

describe('nines', () => {
  it('claims no more than the rule of three allows when nothing was late', () => {
    expect(sloOf({ withinMs: 1_000, changes: 3_000, late: 0 })).toMatchObject({ nines: null, supported: 3 })
    expect(sloOf({ withinMs: 1_000, changes: 3, late: 0 }).supported).toBe(0)
  })

  it('supports nothing without a sample', () => {
    expect(sloOf({ withinMs: 1_000, changes: 0, late: 0 }).supported).toBe(0)
  })

  it('supports less than was measured once something was late, and never below none', () => {
    const row = sloOf({ withinMs: 1_000, changes: 1_000, late: 1 })
    expect(row.nines).toBeCloseTo(3)
    expect(row.supported).toBeGreaterThan(2)
    expect(row.supported).toBeLessThan(3)
    expect(sloOf({ withinMs: 1_000, changes: 2, late: 2 })).toMatchObject({ supported: 0 })
  })
})

describe('why a product is behind', () => {
  const queued = { outboxId: 1n, enqueuedAt: new Date(), attempts: 1, lastError: null }

  it('names the first station that the change has not passed', () => {
    expect(whyBehind({ ...queued, enqueuedAt: null, attempts: 0 })).toContain('relay')
    expect(whyBehind(queued)).toContain('In the queue')
    expect(whyBehind({ ...queued, attempts: 4 })).toContain('handed over 4 times')
    expect(whyBehind({ ...queued, lastError: 'not fresh yet: page' })).toContain('not fresh yet: page')
    expect(whyBehind({ outboxId: null, enqueuedAt: null, attempts: null, lastError: null })).toContain('writes nothing')
  })
})

describe('a layer on the card', () => {
  const range = { least: 7, most: 8 }

  it('is behind in the words of its layer, and fresh with what it says of itself', () => {
    expect(judgeLayer('edge', { version: 6 }, range)).toEqual({
      verdict: 'behind',
      why: 'The purge has not been seen by the edge yet.',
    })
    expect(judgeLayer('page', { version: 8, note: 'HIT · 3 ms' }, range)).toEqual({
      verdict: 'fresh',
      why: 'HIT · 3 ms',
    })
    expect(judgeLayer('index', { version: 9 }, range).verdict).toBe('invented')
  })

  it('is empty where nothing is kept, and what its own reading says where there is one', () => {
    expect(judgeLayer('payload', { note: 'Not cached.' }, range)).toEqual({ verdict: 'empty', why: 'Not cached.' })
    const unreadable = { verdict: 'unreadable' as const, why: 'It answered 503.' }
    expect(judgeLayer('page', { version: 7, judgement: () => unreadable }, range)).toEqual(unreadable)
  })
})

describe('the hit ratio', () => {
  it('counts reads of pages only, a stale answer in an outage included', () => {
    const text = ['l1"} 90', 'redis"} 5', 'stale"} 7', 'unconfirmed"} 1', 'miss"} 10'].map(
      (end) => `evergreen_cache_reads_total{store="page",outcome="${end}`,
    )
    expect(pageReads([...text, 'evergreen_cache_reads_total{store="data",outcome="l1"} 999'].join('\n'))).toEqual({
      hits: 96,
      misses: 10,
      stale: 7,
    })
  })

  it('is that of the time since the first sample, and survives an instance that was away or began anew', () => {
    const ratios = new HitRatios(60_000)
    expect(ratios.add([undefined], 0)).toMatchObject({ reads: 0, unreachable: 1 })
    expect(ratios.add([{ hits: 90, misses: 10, stale: 0 }], 1_000)).toMatchObject({ hits: 90, reads: 100, seconds: 0 })
    expect(ratios.add([{ hits: 100, misses: 10, stale: 0 }], 11_000)).toMatchObject({
      hits: 10,
      reads: 10,
      seconds: 10,
    })
    expect(ratios.add([{ hits: 3, misses: 1, stale: 0 }], 21_000)).toMatchObject({ hits: 3, reads: 4 })
  })
})
