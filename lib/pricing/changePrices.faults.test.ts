import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { parseTagState } from '#lib/coherence/protocol/tagState.ts'
import { indexRedis } from '#lib/platform/redis.ts'
import { ADVANCE_TIMEOUT_MS } from './acknowledge.ts'
import { changeMeant } from './testing/changeMeant.ts'
import { PricesBusyError } from './errors.ts'
import { type PriceStores, priceStores } from './testing/priceStores.ts'

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores()
})
afterEach(() => stores.redis.proxy.heal())
afterAll(() => stores.close())

const context = { reason: 'Price match', source: 'api' as const }
let nextAmount = 1000

function changeTo(productId: number, amountMinor = nextAmount++) {
  return changeMeant({ changes: [{ productId, amountMinor, compareAtMinor: null }], ...context })
}

async function expectSaved(productId: number, version: number | undefined): Promise<void> {
  expect(await stores.database.db.price.findUniqueOrThrow({ where: { productId } })).toMatchObject({
    version: BigInt(version ?? 0),
  })
}

describe('while Redis cannot be reached', () => {
  test.each([
    ['the connection is cut', () => stores.redis.proxy.cut()],
    ['nothing gets through', () => stores.redis.proxy.freeze()],
  ])('%s: the edit is saved, within the time-out, and the answer says "propagating"', async (_name, breakIt) => {
    await breakIt()
    const begun = performance.now()
    const { state, results } = await changeTo(1)
    expect(state).toBe('propagating')
    expect(performance.now() - begun).toBeLessThan(ADVANCE_TIMEOUT_MS + 500)
    expect(results).toMatchObject([{ status: 'changed' }])
    await expectSaved(1, results[0]?.version)

    await stores.redis.proxy.heal()
    await vi.waitFor(() => expect(indexRedis().status).toBe('ready'), { timeout: 5_000 })
    const healed = await vi.waitFor(
      async () => {
        const outcome = await changeTo(1)
        expect(outcome.state).toBe('live')
        return outcome
      },
      { timeout: 5_000 },
    )
    const indexed = parseTagState(await stores.redis.direct.get(keys.tag('price:1')))
    expect(indexed.version).toBe(healed.results[0]?.version)
  })
})

describe('many editors at once', () => {
  test('the same products in opposite orders: no deadlock, and each change is one version', async () => {
    const ids = [10, 11, 12, 13, 14, 15]
    const versionOf = async (productId: number) =>
      (await stores.database.db.price.findUniqueOrThrow({ where: { productId } })).version
    const before = await Promise.all(ids.map(versionOf))
    const edits = Array.from({ length: 24 }, (_, i) => {
      const order = i % 2 === 0 ? ids : ids.toReversed()
      return changeMeant({
        changes: order.map((productId) => ({ productId, amountMinor: 5_000 + i, compareAtMinor: null })),
        ...context,
      })
    })
    const outcomes = await Promise.all(edits)
    expect(outcomes.flatMap(({ results }) => results.map(({ status }) => status))).toEqual(
      Array.from({ length: 24 * ids.length }, () => 'changed'),
    )
    expect(await Promise.all(ids.map(versionOf))).toEqual(before.map((version) => version + 24n))
  })

  test('of one version by twenty editors has one winner, and the others see a conflict', async () => {
    const { version } = await stores.database.db.price.findUniqueOrThrow({ where: { productId: 16 } })
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        changeMeant({
          changes: [{ productId: 16, amountMinor: 6_000 + i, compareAtMinor: null, expectedVersion: Number(version) }],
          ...context,
        }),
      ),
    )
    const statuses = outcomes.map(({ results }) => results[0]?.status).toSorted()
    expect(statuses).toEqual(['changed', ...Array.from({ length: 19 }, () => 'conflict')].toSorted())
    await expectSaved(16, Number(version) + 1)
  })
})

test('a row that another transaction holds on to: a clear error after the lock time-out, and nothing is saved', async () => {
  const other = new pg.Client({ connectionString: stores.database.url })
  await other.connect()
  try {
    await other.query('BEGIN; SELECT FROM prices WHERE product_id = 17 FOR UPDATE')
    const before = await stores.written()
    await expect(changeTo(17)).rejects.toBeInstanceOf(PricesBusyError)
    expect(await stores.written()).toEqual(before)
  } finally {
    await other.query('ROLLBACK')
    await other.end()
  }
})
