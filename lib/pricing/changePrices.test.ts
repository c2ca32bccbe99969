import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { parseTagState } from '#lib/coherence/protocol/tagState.ts'
import { lookUp } from '#lib/platform/db.ts'
import { changePrices } from './changePrices.ts'
import { ANA, changeMeant } from './testing/changeMeant.ts'
import type { PriceChangeRequest } from './changeRequest.ts'
import { PriceChangeRefusedError } from './errors.ts'
import { type PriceStores, priceStores } from './testing/priceStores.ts'

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores()
})
afterAll(() => stores.close())

const context = { reason: 'Autumn sale', source: 'editor' as const }

function change(changes: PriceChangeRequest['changes']) {
  return changeMeant({ changes, ...context })
}

async function row(productId: number) {
  return stores.database.db.price.findUniqueOrThrow({ where: { productId } })
}

async function indexedVersion(productId: number): Promise<number> {
  return parseTagState(await stores.redis.direct.get(keys.tag(`price:${productId}`))).version
}

const textOf = (asked: unknown) =>
  typeof asked === 'object' && asked !== null && 'text' in asked ? String(asked.text) : String(asked)

describe('an edit that is acknowledged as live', () => {
  test('is in the row, in the history with who and why, in the outbox, and in the version index', async () => {
    const before = await row(1)
    const { state, results, correlationId } = await change([{ productId: 1, amountMinor: 1290, compareAtMinor: null }])

    const after = await row(1)
    expect(state).toBe('live')
    expect(after).toMatchObject({ amountMinor: 1290, compareAtMinor: null, version: before.version + 1n })
    expect(results).toEqual([
      {
        productId: 1,
        status: 'changed',
        amountMinor: 1290,
        compareAtMinor: null,
        version: Number(after.version),
        versionUpdatedAt: after.versionUpdatedAt.toISOString(),
      },
    ])
    const history = await stores.database.db.priceChange.findFirstOrThrow({
      where: { productId: 1, version: after.version },
    })
    expect(history).toMatchObject({
      oldAmountMinor: before.amountMinor,
      newAmountMinor: 1290,
      actor: 'ana@example.com',
      reason: 'Autumn sale',
      source: 'editor',
      correlationId,
    })
    expect(await stores.database.db.outbox.findFirst({ where: { correlationId } })).toMatchObject({
      entityIds: [1],
      versions: [after.version],
    })
    expect(await indexedVersion(1)).toBe(Number(after.version))
  })

  test('takes four statements and no transaction that stays open, and readers find its payload in the index', async () => {
    const counts: number[] = []
    for (const productId of [21, 22, 23, 24, 25]) {
      const amountMinor = (await row(productId)).amountMinor - 1
      const sent = vi.spyOn(pg.Client.prototype, 'query')
      await changePrices(ANA, { changes: [{ productId, amountMinor, compareAtMinor: null }], ...context })
      counts.push(sent.mock.calls.length)
      sent.mockRestore()
      const { payload } = parseTagState(await stores.redis.direct.get(keys.tag(`price:${productId}`)))
      expect(payload).toContain(String(amountMinor))
    }
    // Rows read, all written, payloads and pending commits read, the term confirmed; the keeper of the lease may ask beside one of them.
    expect(Math.min(...counts)).toBe(4)
  })

  test('reads its rows together with the edits that come with it, and is answered for its own', async () => {
    const edits = [27, 28, 29, 30, 31, 32]
    const before = await Promise.all(edits.map(row))
    const sent = vi.spyOn(pg.Client.prototype, 'query')
    const outcomes = await Promise.all(
      before.map(({ productId, amountMinor }) =>
        changePrices(ANA, { changes: [{ productId, amountMinor: amountMinor - 1 }], ...context }),
      ),
    )
    const texts = sent.mock.calls.map(([asked]: readonly unknown[]) => textOf(asked))
    sent.mockRestore()
    expect(texts.filter((text) => text.includes('"usualMinor"'))).toHaveLength(1)
    expect(outcomes.map(({ results }) => results.map((one) => [one.productId, one.amountMinor]))).toEqual(
      before.map(({ productId, amountMinor }) => [[productId, amountMinor - 1]]),
    )
  })

  test('is planned by Postgres a few times, and then by a plan that it keeps', async () => {
    const kept = async () => {
      const { amountMinor } = await row(26)
      await changePrices(ANA, { changes: [{ productId: 26, amountMinor: amountMinor - 1 }], ...context })
      // Of the connection that was used last.
      const statements = await lookUp(
        `SELECT generic_plans > 0 AS kept FROM pg_prepared_statements WHERE custom_plans >= 5`,
        [],
      )
      return statements.length >= 3 && statements.every((one) => 'kept' in one && one.kept === true)
    }
    await expect.poll(kept, { timeout: 30_000, interval: 0 }).toBe(true)
  }, 40_000)

  test('changes many products with one outbox row', async () => {
    const changes = [9, 7, 8].map((productId) => ({ productId, amountMinor: 777, compareAtMinor: null }))
    const { results, correlationId } = await change(changes)
    expect(results.map(({ productId, status }) => [productId, status])).toEqual([9, 7, 8].map((id) => [id, 'changed']))
    expect(await stores.database.db.outbox.findMany({ where: { correlationId } })).toMatchObject([
      { entityIds: [7, 8, 9] },
    ])
  })

  test('keeps the compare-at price that it does not mention', async () => {
    await change([{ productId: 2, amountMinor: 1000, compareAtMinor: 5000 }])
    await change([{ productId: 2, amountMinor: 1100 }])
    expect(await row(2)).toMatchObject({ amountMinor: 1100, compareAtMinor: 5000 })
  })

  test('of the price that it is already, is "unchanged" and gives no version', async () => {
    const { amountMinor } = await row(3)
    const before = await stores.written()
    const { state, results } = await change([{ productId: 3, amountMinor }])
    expect(state).toBe('live')
    expect(results).toMatchObject([{ productId: 3, status: 'unchanged', amountMinor }])
    expect(await stores.written()).toEqual(before)
  })
})

describe('an edit of a version that is gone', () => {
  test('is a conflict that names the price as it is now, and holds back no other row', async () => {
    const first = await row(4)
    await change([{ productId: 4, amountMinor: 2000, compareAtMinor: null, expectedVersion: Number(first.version) }])
    const { state, results } = await change([
      { productId: 4, amountMinor: 3000, compareAtMinor: null, expectedVersion: Number(first.version) },
      { productId: 5, amountMinor: 3000, compareAtMinor: null },
    ])
    expect(state).toBe('live')
    expect(results).toMatchObject([
      {
        productId: 4,
        status: 'conflict',
        amountMinor: 2000,
        version: Number(first.version) + 1,
        message: expect.stringContaining('€20.00'),
      },
      { productId: 5, status: 'changed', amountMinor: 3000 },
    ])
    expect(await row(4)).toMatchObject({ amountMinor: 2000 })
  })
})

describe('bad input changes nothing', () => {
  const good = { productId: 20, amountMinor: 4242, compareAtMinor: null }
  const cases: [string, Partial<PriceChangeRequest>, string, RegExp][] = [
    [
      'a fraction of a cent',
      { changes: [good, { productId: 21, amountMinor: 12.5 }] },
      'changes[1].amountMinor',
      /whole number of cents/,
    ],
    [
      'not a number',
      { changes: [good, { productId: 21, amountMinor: Number.NaN }] },
      'changes[1].amountMinor',
      /whole number of cents/,
    ],
    ['zero', { changes: [good, { productId: 21, amountMinor: 0 }] }, 'changes[1].amountMinor', /above zero/],
    ['negative', { changes: [good, { productId: 21, amountMinor: -1 }] }, 'changes[1].amountMinor', /above zero/],
    [
      'too large',
      { changes: [good, { productId: 21, amountMinor: 100_000_000 }] },
      'changes[1].amountMinor',
      /€999,999\.99/,
    ],
    [
      'another currency',
      { changes: [good, { productId: 21, amountMinor: 100, currency: 'USD' }] },
      'changes[1].currency',
      /in EUR, not in USD/,
    ],
    [
      'an unknown product',
      { changes: [good, { productId: 999_999, amountMinor: 100 }] },
      'changes[1].productId',
      /no product 999999/,
    ],
    ['a product twice', { changes: [good, { ...good, amountMinor: 1 }] }, 'changes[1].productId', /listed twice/],
    [
      'compare-at not above',
      { changes: [{ ...good, compareAtMinor: 4242 }] },
      'changes[0].compareAtMinor',
      /must stay above/,
    ],
    ['no changes', { changes: [] }, 'changes', /at least one/],
    [
      'too many',
      { changes: Array.from({ length: 501 }, (_, i) => ({ productId: i + 1, amountMinor: 1 })) },
      'changes',
      /At most 500/,
    ],
    ['no reason', { changes: [good], reason: ' ' }, 'reason', /Say why/],
    ['a long reason', { changes: [good], reason: 'x'.repeat(501) }, 'reason', /at most 500/],
  ]

  test.each(cases)('%s', async (_name, request, field, message) => {
    const before = await stores.written()
    const refusal = await changeMeant({ changes: [good], ...context, ...request }).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(PriceChangeRefusedError)
    expect(refusal).toMatchObject({ issues: [{ field, message: expect.stringMatching(message) }] })
    expect(await stores.written()).toEqual(before)
  })

  test('a price raised above its compare-at price is refused with what to do', async () => {
    await change([{ productId: 22, amountMinor: 1000, compareAtMinor: 2000 }])
    const before = await stores.written()
    await expect(change([{ productId: 22, amountMinor: 2000 }])).rejects.toMatchObject({
      issues: [
        {
          field: 'changes[0].amountMinor',
          productId: 22,
          message: expect.stringContaining('Raise the compare-at price'),
        },
      ],
    })
    expect(await stores.written()).toEqual(before)
  })
})
