import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MissingPermissionError } from '#lib/access/errors.ts'
import { bulkLimitsOf, bulkPercentLimits } from '#lib/access/permissions.ts'
import { person } from '../../testing/principals.ts'
import { checkApproval, confirmationsFor } from './confirmations.ts'
import { BulkEditRefusedError } from '../errors.ts'
import { type CurrentPrice, frozenRow } from './frozenRows.ts'
import { SummaryCount } from './summary.ts'

const limits = bulkLimitsOf('editor')
const current = (amountCents: number, usualCents: number | null = null, currency = 'EUR'): CurrentPrice => ({
  productId: 1,
  version: 1n,
  amountCents,
  compareAtCents: null,
  currency,
  usualCents,
})
const to = (before: CurrentPrice, amountCents: number, belowRulesFloor = false) =>
  frozenRow(before, { outcome: 'price', amountCents, compareAtCents: null, belowRulesFloor }, limits)

describe('a row warns', () => {
  test.each([
    ['of nothing at exactly the limit', to(current(1000), 700), []],
    ['of a large change beyond it, downwards', to(current(1000), 699), ['large-change']],
    ['of a large change beyond it, upwards', to(current(1000), 1301), ['large-change']],
    [
      'of a price below half of what it cost 30 days ago, however small the step',
      to(current(510, 1000), 499),
      ['below-floor'],
    ],
    ['of nothing at half of it', to(current(510, 1000), 500), []],
    ['of nothing when a low price goes up', to(current(400, 1000), 450), []],
    ['of a cell below the floor of the rules', to(current(1000), 900, true), ['below-floor']],
  ])('%s', (_name, row, warnings) => {
    expect(row).toMatchObject({ state: 'pending', warnings })
    expect(row.message !== null).toBe(row.warnings.includes('below-floor'))
  })
})

test('the summary counts what its rows say', () => {
  const amount = fc.integer({ min: 1, max: 100_000 })
  const prices = fc.tuple(amount, amount, fc.boolean(), fc.constantFrom('EUR', 'JPY', 'KWD'))
  fc.assert(
    fc.property(fc.array(prices, { maxLength: 60 }), (pairs) => {
      const count = new SummaryCount()
      const rows = pairs.map(([old, next, below, currency]) => to(current(old, null, currency), next, below))
      for (const row of rows) count.add(row)
      const pending = rows.filter(({ state }) => state === 'pending')
      const share = ({ oldAmountCents, newAmountCents }: (typeof rows)[number]) =>
        ((newAmountCents - oldAmountCents) * 100) / oldAmountCents
      const summary = count.summary(limits)
      expect(summary).toMatchObject({
        rows: pairs.length,
        changed: pending.length,
        unchanged: rows.length - pending.length,
        refused: 0,
        beyond: bulkPercentLimits().map((percent) => ({
          percent,
          rows: pending.filter((row) => Math.abs(share(row)) > percent).length,
        })),
        belowFloor: pending.filter(({ warnings }) => warnings.includes('below-floor')).length,
      })
      const sum = (inside: typeof rows, of: 'oldAmountCents' | 'newAmountCents') =>
        inside.reduce((total, row) => total + row[of], 0)
      expect(summary.totals).toEqual(
        [...Map.groupBy(pending, ({ currency }) => currency)].map(([currency, inside]) => ({
          currency,
          oldCents: sum(inside, 'oldAmountCents'),
          newCents: sum(inside, 'newAmountCents'),
        })),
      )
      for (const { fromPercent, toPercent, rows: counted } of summary.distribution) {
        expect(counted).toBe(pending.filter((row) => share(row) >= fromPercent && share(row) < toPercent).length)
      }
      expect(summary.distribution.reduce((sum, bar) => sum + bar.rows, 0)).toBe(pending.length)
    }),
  )
})

describe('an approval', () => {
  const small = {
    changed: 300,
    beyond: [
      { percent: 30, rows: 0 },
      { percent: 50, rows: 0 },
    ],
    belowFloor: 0,
  }
  const beyondEditor = {
    changed: 1_001,
    beyond: [
      { percent: 30, rows: 4 },
      { percent: 50, rows: 0 },
    ],
    belowFloor: 0,
  }
  const beyondAdmin = {
    changed: 10_001,
    beyond: [
      { percent: 30, rows: 4 },
      { percent: 50, rows: 1 },
    ],
    belowFloor: 2,
  }
  const [viewer, editor, admin] = [person('viewer'), person('editor'), person('admin')]

  test('within the limits needs nothing typed', () => {
    expect(() => checkApproval(editor, small, [])).not.toThrow()
    expect(() => checkApproval(admin, beyondEditor, [])).not.toThrow()
  })

  test('beyond the limits of a role without the permission for it is refused, also with every phrase typed', () => {
    const phrases = confirmationsFor(beyondEditor, bulkLimitsOf('editor')).map(({ phrase }) => phrase)
    expect(phrases).toEqual(['change 1001 prices', 'change 4 prices by more than 30 percent'])
    expect(() => checkApproval(editor, beyondEditor, phrases)).toThrow(MissingPermissionError)
    expect(() => checkApproval(editor, { ...small, belowFloor: 1 }, ['set 1 price below the floor'])).toThrow(
      MissingPermissionError,
    )
  })

  test('with the permission needs each text, exactly', () => {
    const phrases = ['change 10001 prices', 'change 1 price by more than 50 percent', 'set 2 prices below the floor']
    expect(() => checkApproval(admin, beyondAdmin, phrases.toReversed())).not.toThrow()
    for (const [i, phrase] of phrases.entries()) {
      const typed = phrases.with(i, phrase.toUpperCase())
      expect(() => checkApproval(admin, beyondAdmin, typed)).toThrow(BulkEditRefusedError)
      expect(() => checkApproval(admin, beyondAdmin, typed)).toThrow(`Type "${phrase}" to confirm.`)
    }
  })

  test('is not a viewer’s', () => {
    expect(() => checkApproval(viewer, { ...small, changed: 0 }, [])).toThrow(MissingPermissionError)
  })
})
