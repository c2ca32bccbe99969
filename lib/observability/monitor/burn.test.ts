/** The changes that count as late, and the rates at which the monitor raises an alert. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { countMinutes, countsByWindow } from './checks/burnCheck.ts'
import { BURN_WINDOWS, burnFindings, type BurnWindow, type ChangeCounts } from './checks/burnRates.ts'

const BUDGET_MS = 60_000

/** @param late per cent of 1,000 changes a minute that are late, from so many seconds ago until so many seconds ago */
function shop(late: number, from: number, until = 0): Record<BurnWindow, ChangeCounts> {
  const of = (seconds: number) => {
    const minutes = Math.max(0, Math.min(from, seconds) - Math.min(until, seconds)) / 60
    return { changes: (1_000 * seconds) / 60, late: Math.round(minutes * 10 * late) }
  }
  const { '5 min': m5, '30 min': m30, '1 h': h1, '2 h': h2, '6 h': h6, '1 d': d1, '3 d': d3 } = BURN_WINDOWS
  return {
    '5 min': of(m5),
    '30 min': of(m30),
    '1 h': of(h1),
    '2 h': of(h2),
    '6 h': of(h6),
    '1 d': of(d1),
    '3 d': of(d3),
  }
}
const alertsOf = (counts: Record<BurnWindow, ChangeCounts>) =>
  burnFindings(counts, BUDGET_MS).map(({ severity, detail }) => [severity, detail['long']])

const HOUR = 3_600
const DAY = 24 * HOUR

describe('alerts by burn rate', () => {
  it.each([
    ['a busy shop in which nothing is late', shop(0, 3 * DAY), []],
    ['half of what is allowed, for days', shop(0.5, 3 * DAY), []],
    ['everything late for half a minute', shop(100, 30), []],
    ['everything late for ten minutes', shop(100, 600), [['critical', '1 h']]],
    ['a fifth late for an hour', shop(20, HOUR), [['critical', '1 h']]],
    ['the same, over for ten minutes', shop(20, HOUR, 600), []],
    ['8 % late for six hours', shop(8, 6 * HOUR), [['critical', '6 h']]],
    ['4 % late for a day', shop(4, DAY), [['warning', '1 d']]],
    ['2 % late for three days', shop(2, 3 * DAY), [['warning', '3 d']]],
    ['the same, over for seven hours', shop(2, 3 * DAY, 7 * HOUR), []],
  ])('%s', (_what, counts, expected) => {
    expect(alertsOf(counts)).toEqual(expected)
  })

  it('leaves nine late changes of a quiet shop to the alerts that name them', () => {
    const nine = { changes: 9, late: 9 }
    const quiet = { '5 min': nine, '30 min': nine, '1 h': nine, '2 h': nine, '6 h': nine, '1 d': nine, '3 d': nine }
    expect(alertsOf(quiet)).toEqual([])
    expect(alertsOf({ ...quiet, '1 h': { changes: 20, late: 10 } })).toEqual([['critical', '1 h']])
  })

  it('says how many are late, of how many, and how long the allowance lasts', () => {
    expect(burnFindings(shop(20, HOUR), BUDGET_MS)[0]?.summary).toMatch(
      /20\.0 % of 60000 within 1 h.*20\.0 % within 5 min.*after 60\.0 s, where 1 % may be.*30 days is used up in 1\.5 days/,
    )
  })
})

describe('the count', () => {
  let catalog: SeededDatabase
  beforeAll(async () => {
    catalog = await seededDatabase(10)
  })
  afterEach(async () => {
    await catalog.db.freshnessMinute.deleteMany()
    await catalog.db.outbox.deleteMany()
    await catalog.db.probeReading.deleteMany()
  })
  afterAll(() => catalog.drop())

  /** @param doneAfterS undefined of a change that is in no layer yet */
  const change = (ids: number[], ageS: number, doneAfterS?: number) =>
    catalog.db.$executeRaw`
      INSERT INTO outbox (topic, entity_ids, versions, created_at, done_at)
      SELECT 'price', ${ids}::int[], array_fill(2::bigint, ARRAY[cardinality(${ids}::int[])]), at, at + make_interval(secs => ${doneAfterS ?? null}::float8)
      FROM (SELECT clock_timestamp() - make_interval(secs => ${ageS}) AS at) now`

  it('takes each change once, when its time is over, as late when it is not done by then', async () => {
    await change([1, 2], 100, 1)
    await change([3], 90, 80)
    await change([4], 80)
    await change([5], 50)
    expect(await countMinutes(catalog.db, BUDGET_MS)).toEqual({ changes: 4, late: 2 })
    expect(await countMinutes(catalog.db, BUDGET_MS)).toEqual({ changes: 0, late: 0 })
    expect((await countsByWindow(catalog.db))['5 min']).toEqual({ changes: 4, late: 2 })
  })

  it('takes a change that became visible late, and what was done while no monitor ran', async () => {
    await change([1], 200, 1)
    expect(await countMinutes(catalog.db, BUDGET_MS)).toEqual({ changes: 1, late: 0 })
    await change([2], 210, 1)
    expect(await countMinutes(catalog.db, BUDGET_MS)).toEqual({ changes: 1, late: 0 })
    await catalog.db.freshnessMinute.deleteMany()
    await change([3], 2 * DAY)
    expect(await countMinutes(catalog.db, BUDGET_MS)).toEqual({ changes: 3, late: 1 })
    expect((await countsByWindow(catalog.db))['3 d']).toEqual({ changes: 3, late: 1 })
    expect((await countsByWindow(catalog.db))['1 d']).toEqual({ changes: 2, late: 0 })
  })

  it('counts a change as late that the prober saw wrong after its time, and keeps the count when the outbox is cut', async () => {
    await change([1, 2], 150, 1)
    const at = (ageS: number) => new Date(Date.now() - ageS * 1_000)
    const reading = {
      layer: 'page',
      target: 'Web 1',
      url: 'http://127.0.0.1/x',
      locale: 'de',
      verdict: 'behind',
    } as const
    for (const probedAt of [at(80), at(70)])
      await catalog.db.probeReading.create({
        data: { ...reading, productId: 2, shownVersion: 1, expectedVersion: 2, expectedAt: at(150), probedAt },
      })
    expect(await countMinutes(catalog.db, BUDGET_MS)).toEqual({ changes: 2, late: 1 })
    await catalog.db.outbox.deleteMany()
    expect(await countMinutes(catalog.db, BUDGET_MS)).toEqual({ changes: 0, late: 0 })
    expect((await countsByWindow(catalog.db))['5 min']).toEqual({ changes: 2, late: 1 })
  })
})
