import { describe, expect, test } from 'vitest'
import { rules as rulesSchema, selection as selectionSchema } from '#lib/pricing/bulk/contract.ts'
import { NO_FILTERS, readFilters } from './filterForm.ts'
import { describeRules, describeSelection } from './describeRules.ts'
import { NO_RULES, parsePercent, readRules, type RulesForm } from './rulesForm.ts'

const NOW = Date.UTC(2026, 10, 21, 12)

describe('the rules panel', () => {
  test.each<[Partial<RulesForm>, object]>([
    [{ amount: 'set', value: '12,90' }, { amount: { kind: 'set', cents: 1290 } }],
    [{ amount: 'plus', value: '2' }, { amount: { kind: 'add', cents: 200 } }],
    [{ amount: 'minus', value: '0.50' }, { amount: { kind: 'add', cents: -50 } }],
    [{ amount: 'percent-down', value: '15' }, { amount: { kind: 'percent', percent: '-15', of: 'price' } }],
    [
      { amount: 'percent-up', value: '12,5 %', percentOf: 'compare-at' },
      { amount: { kind: 'percent', percent: '12.5', of: 'compare-at' } },
    ],
    [{ rounding: '.99', mode: 'down' }, { rounding: { to: '.99', mode: 'down' } }],
    [
      { floor: '5', ceiling: '100.00' },
      { floorCents: 500, ceilingCents: 10_000 },
    ],
    [{ compareAt: 'set', compareAtValue: '99' }, { compareAt: { kind: 'set', cents: 9900 } }],
    [
      { amount: 'restore', compareAt: 'clear' },
      { amount: { kind: 'restore' }, compareAt: { kind: 'clear' } },
    ],
  ])('%j', (form, expected) => {
    const { rules, errors } = readRules({ ...NO_RULES, ...form })
    expect(errors).toEqual({})
    expect(rules).toMatchObject(expected)
    expect(rulesSchema.parse(rules)).toEqual(rules)
  })

  test.each<[Partial<RulesForm>, string, RegExp]>([
    [{ amount: 'set', value: '' }, 'value', /Enter an amount/],
    [{ amount: 'set', value: '1,299' }, 'value', /two ways/],
    [{ amount: 'percent-down', value: '-15' }, 'value', /Leave out the sign/],
    [{ amount: 'percent-down', value: '100' }, 'value', /cannot fall by 100/],
    [{ amount: 'percent-up', value: '1e3' }, 'value', /digits/],
    [{ amount: 'percent-up', value: '0.00' }, 'value', /Nothing changes/],
    [{ floor: 'x' }, 'floor', /digits/],
    [{ floor: '10', ceiling: '5' }, 'ceiling', /below the floor/],
    [{ compareAt: 'set', compareAtValue: '0' }, 'compareAtValue', /above zero/],
  ])('%j is refused at the field', (form, field, message) => {
    const { rules, errors } = readRules({ ...NO_RULES, ...form })
    expect(rules).toBeUndefined()
    expect(errors).toEqual({ [field]: expect.stringMatching(message) })
  })

  test('a percentage is a decimal text, never a binary fraction', () => {
    expect(['0.1', '33,3333', '007', '12.50%'].map((text) => parsePercent(text))).toEqual(
      ['0.1', '33.3333', '7', '12.50'].map((percent) => ({ ok: true, percent })),
    )
  })
})

describe('the filters', () => {
  test('all together make one selection', () => {
    const { selection } = readFilters(
      {
        text: ' lamp ',
        category: 'lighting',
        brand: 'Nord',
        min: '10',
        max: '99,90',
        amountOf: 'shown',
        status: 'active',
        sale: 'no',
        changed: 'week',
        since: '',
        left: 'conflict',
        skus: 'A-1\nA-2, A-1',
      },
      NOW,
    )
    expect(selectionSchema.parse(selection)).toEqual({
      text: 'lamp',
      categories: ['lighting'],
      brands: ['Nord'],
      left: 'conflict',
      minCents: 1000,
      maxCents: 9990,
      amountOf: 'shown',
      status: 'active',
      onSale: false,
      changedAfter: '2026-11-14T12:00:00.000Z',
      skus: ['A-1', 'A-2'],
      matching: true,
      added: [],
      removed: [],
    })
  })

  test('a bound that cannot be read is said, and does not select', () => {
    expect(readFilters({ ...NO_FILTERS, min: 'cheap' })).toMatchObject({
      errors: { min: expect.stringContaining('digits') },
    })
    expect(readFilters({ ...NO_FILTERS, min: '20', max: '10' })).toMatchObject({
      errors: { max: expect.stringContaining('below') },
    })
  })

  test('SKUs come from a column, a row, or a sentence', () => {
    expect(readFilters({ ...NO_FILTERS, skus: 'A-1\r\nA-2\tA-3;A-4,  A-1\n' })).toMatchObject({
      selection: { skus: ['A-1', 'A-2', 'A-3', 'A-4'] },
      errors: {},
    })
  })

  test('a SKU with a blank at its edge is said and left out, and a list without another one selects nothing', () => {
    expect(readFilters({ ...NO_FILTERS, skus: 'A-1 \nA-2\n' })).toMatchObject({
      selection: { skus: ['A-2'] },
      errors: { skus: expect.stringContaining('Write A-1 if that is meant.') },
    })
    expect(readFilters({ ...NO_FILTERS, skus: 'A-1\u200b' })).toMatchObject({
      selection: { skus: [] },
      errors: { skus: expect.stringContaining('U+200B') },
    })
    expect(readFilters({ ...NO_FILTERS, skus: ' \n\u00a0\n' }).selection.skus).toBeUndefined()
  })
})

describe('in words', () => {
  test('rules stand in the order in which they are applied', () => {
    const { rules } = readRules({
      ...NO_RULES,
      amount: 'percent-down',
      value: '15',
      rounding: '.99',
      mode: 'half-even',
      floor: '5',
      compareAt: 'old-price',
    })
    expect(rules && describeRules(rules)).toEqual([
      'lower prices by 15 %',
      'round to the nearest price that ends in .99',
      'not below €5.00',
      'show the old price as the compare-at price',
    ])
    expect(
      describeRules({ amount: { kind: 'keep' }, compareAt: { kind: 'keep' }, rounding: { to: '0.05', mode: 'up' } }),
    ).toEqual(['round up to a multiple of €0.05'])
  })

  test('a selection says what it selects, and what was added and taken out by hand', () => {
    const { selection } = readFilters({ ...NO_FILTERS, category: 'lighting', min: '10' })
    expect(describeSelection({ ...selection, added: [1], removed: [2, 3] })).toEqual([
      'in lighting',
      'price from €10.00',
      'and 1 product added by hand',
      'without 2 products taken out by hand',
    ])
    expect(describeSelection({ matching: true, added: [], removed: [] })).toEqual(['all products'])
  })
})
