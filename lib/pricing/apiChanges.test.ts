import { describe, expect, test } from 'vitest'
import { apiChangesSchema, changesOf } from './apiChanges.ts'
import { issuesOf } from './changeRequest.ts'
import { PriceChangeRefusedError } from './errors.ts'

/** As the endpoint reads it. */
function readApiChanges(body: unknown) {
  const { data, error } = apiChangesSchema.safeParse(body)
  if (error) throw new PriceChangeRefusedError(issuesOf(error, body))
  return changesOf(data)
}

function refusalOf(body: unknown): unknown {
  try {
    return readApiChanges(body)
  } catch (error) {
    return error
  }
}

describe('the body of POST /api/admin/prices', () => {
  test('takes an amount in cents or as a text, and hands on the rest as it is', () => {
    const body = {
      changes: [
        { productId: 1, amountCents: 1290, expectedVersion: 7 },
        { productId: 2, amount: '1.299,00', compareAtCents: null },
        { productId: 3, amount: '129,000', currency: 'JPY' },
      ],
      reason: '  Autumn sale ',
    }
    expect(readApiChanges(body)).toEqual({
      changes: [
        { productId: 1, amountMinor: 1290, expectedVersion: 7 },
        { productId: 2, amountMinor: 129_900, compareAtMinor: null, currency: 'EUR' },
        { productId: 3, amountMinor: 129_000, currency: 'JPY' },
      ],
      reason: 'Autumn sale',
      confirmations: [],
    })
  })

  test.each([
    [null, 'body', /Send an object/],
    [[], 'body', /Send an object/],
    [{ reason: 'x' }, 'changes', /List the changes/],
    [{ changes: [{ productId: 1, amountCents: 1 }] }, 'reason', /Say why/],
    [{ changes: [{ productId: 1, amountCents: 1 }], reason: 7 }, 'reason', /Say why/],
    [{ changes: [{ productId: 1 }], reason: 'x' }, 'changes[0].amountCents', /amount is missing/],
    [
      { changes: [{ productId: 1, amountCents: '1290' }], reason: 'x' },
      'changes[0].amountCents',
      /whole number of cents/,
    ],
    [
      { changes: [{ productId: 1, amountCents: 12.9 }], reason: 'x' },
      'changes[0].amountCents',
      /whole number of cents/,
    ],
    [{ changes: [{ productId: 1, amount: '1,299' }], reason: 'x' }, 'changes[0].amount', /two ways/],
    [{ changes: [{ productId: 1, amount: 12.9 }], reason: 'x' }, 'changes[0].amount', /as a text/],
    [{ changes: [{ productId: 1, amount: '1', amountCents: 100 }], reason: 'x' }, 'changes[0].amount', /not both/],
    [{ changes: [{ productId: '1', amountCents: 100 }], reason: 'x' }, 'changes[0].productId', /whole number/],
    [{ changes: [{ productId: 0, amountCents: 100 }], reason: 'x' }, 'changes[0].productId', /above zero/],
    [
      { changes: [{ productId: 1, amountCents: 100, currency: '€' }], reason: 'x' },
      'changes[0].currency',
      /code such as EUR/,
    ],
    [
      { changes: [{ productId: 1, amountCents: 100, expectedVersion: -1 }], reason: 'x' },
      'changes[0].expectedVersion',
      /above zero/,
    ],
    [{ changes: [{ productId: 1, amountCents: 100, price: 5 }], reason: 'x' }, 'changes[0].price', /no such field/],
    [
      { changes: [{ productId: 1, amountCents: 100 }], reason: 'x', confirmations: 'yes' },
      'confirmations',
      /List the confirmations/,
    ],
    [
      { changes: [{ productId: 1, amountCents: 100 }], reason: 'x', confirmations: [7] },
      'confirmations[0]',
      /is a text/,
    ],
    [{ changes: [{ productId: 1, amountCents: 100 }], reason: 'x', actor: 'me' }, 'actor', /no such field/],
  ])('%j is refused, and the field is named', (body, field, message) => {
    const refusal = refusalOf(body)
    expect(refusal).toBeInstanceOf(PriceChangeRefusedError)
    expect(refusal).toMatchObject({ issues: [{ field, message: expect.stringMatching(message) }] })
  })

  test('names every field that is wrong, with its product', () => {
    const body = {
      changes: [
        { productId: 1, amountCents: 0 },
        { productId: 2, amount: '-5' },
        { productId: 3, amountCents: 1.5 },
      ],
      reason: '',
    }
    expect(refusalOf(body)).toMatchObject({
      issues: [
        { field: 'changes[0].amountCents', productId: 1 },
        { field: 'changes[2].amountCents', productId: 3 },
        { field: 'reason' },
      ],
    })
  })
})
