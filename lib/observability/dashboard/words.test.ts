/** What the dashboard claims and says, from evidence that is given. */
import { describe, expect, it } from 'vitest'
import { whyBehind } from './drift.ts'
import { HitRatios, pageReads } from './hitRatio.ts'
import { judgeLayer } from './layerVerdict.ts'
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

describe('the standing of a layer', () => {
  const read = (version: number | undefined, error?: string) =>
    judgeLayer({ layer: 'page', version, note: undefined, error }, 7, 8)

  it('is judged against Postgres before and after the read, so that an edit meanwhile is no staleness', () => {
    expect(read(6).standing).toBe('behind')
    expect(read(7).standing).toBe('fresh')
    expect(read(8).standing).toBe('fresh')
    expect(read(9).standing).toBe('ahead')
    expect(read(undefined).standing).toBe('empty')
    expect(read(7, 'It answered 503.')).toEqual({ standing: 'unreadable', why: 'It answered 503.' })
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
