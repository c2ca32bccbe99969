/** A Redis that answers every read and refuses every write: nothing that it holds proves that an edit is live. */
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { shellPrincipal } from '#lib/access/principal.ts'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { parseTagState } from '#lib/coherence/protocol/tagState.ts'
import { purge } from '#lib/delivery/purge/purge.ts'
import type { PurgeScope } from '#lib/delivery/purge/scope.ts'
import { webParts } from '#lib/web/parts.ts'
import { versionIndex } from '#lib/catalog/coherence.ts'
import { db } from '#lib/platform/db.ts'
import { indexRedis } from '#lib/platform/redis.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { applyBulkEdit } from '#lib/pricing/bulk/apply/applyBulkEdit.ts'
import { approveBulkEdit } from '#lib/pricing/bulk/preview/approveBulkEdit.ts'
import { createBulkEdit } from '#lib/pricing/bulk/preview/previewBulkEdit.ts'
import { changeMeant } from '#lib/pricing/testing/changeMeant.ts'
import { changeStatus } from '#lib/pricing/changeStatus.ts'
import { person } from '#lib/pricing/testing/principals.ts'
import { type OwnStore, ownRedis } from '../bulk/ownStores.ts'
import { refusal, REFUSAL_CODES, type RefusalCode } from '../lease/servers/refusals.ts'

let database: SeededDatabase
let store: OwnStore
let redis: Redis
/** No test is about this product. */
const UNTESTED = 20

beforeAll(async () => {
  ;[database, store] = await Promise.all([seededDatabase(20), ownRedis()])
  redis = new Redis(store.url)
  stubEnvironment({ databaseUrl: database.url, redisUrl: store.url })
  vi.stubEnv('TEST_INDEX_LEASE_MS', '500')
  await versionIndex().connect()
}, 120_000)
afterAll(async () => {
  redis.disconnect()
  indexRedis().disconnect()
  await db().$disconnect()
  vi.unstubAllEnvs()
  await Promise.all([database.drop(), store.close()])
})

let heal: (() => Promise<unknown>) | undefined
afterEach(() => healed())

async function refuse(code: RefusalCode): Promise<void> {
  const { begin, end } = refusal(redis, code)
  heal = end
  await begin()
  await expect(redis.set(keys.tag('refused'), 1)).rejects.toThrow(code)
  expect(await redis.get(keys.tag('refused'))).toBe(null)
}

let nextAmount = 1_000
const request = (change: { productId: number; amountMinor: number; expectedVersion?: number }) => ({
  changes: [{ compareAtMinor: null, ...change }],
  reason: 'Price match',
  source: 'api' as const,
})
const admin = person('admin')

/** Ends the refusal, and waits until edits are live again: a server that was no primary for a while begins a new term. */
async function healed(): Promise<void> {
  await heal?.()
  heal = undefined
  const edited = request({ productId: UNTESTED, amountMinor: nextAmount++ })
  await vi.waitUntil(async () => (await changeMeant(edited)).state === 'live', { timeout: 10_000, interval: 20 })
}
const inIndex = async (tag: string) => parseTagState(await redis.get(keys.tag(tag))).version

async function approved() {
  const edit = await createBulkEdit(
    admin,
    {
      selection: {},
      rules: { amount: { kind: 'percent', percent: '1', of: 'price' }, compareAt: { kind: 'clear' } },
      reason: 'Spring prices',
    },
    'editor',
  )
  return approveBulkEdit(admin, edit.id, {
    confirmations: (edit.summary?.confirmations ?? []).map(({ phrase }) => phrase),
  })
}

describe.each(REFUSAL_CODES)('while Redis answers reads and refuses writes (%s)', (code) => {
  test('answers "propagating" to the edit, to its retry and to an editor who saw an older version', async () => {
    const amountMinor = nextAmount++
    const before = await changeMeant(request({ productId: 1, amountMinor: nextAmount++ }))
    await refuse(code)
    const first = await changeMeant(request({ productId: 1, amountMinor }))
    const retry = await changeMeant(request({ productId: 1, amountMinor }))
    const late = await changeMeant(
      request({ productId: 1, amountMinor: 1, expectedVersion: before.results[0]?.version ?? 0 }),
    )
    expect([first, retry, late].map(({ state, results }) => [results[0]?.status, state])).toEqual([
      ['changed', 'propagating'],
      ['unchanged', 'propagating'],
      ['conflict', 'propagating'],
    ])
    expect(await inIndex('price:1')).toBe(before.results[0]?.version)

    await healed()
    // One more answer of a busy machine may take longer than an edit waits for.
    await expect
      .poll(() => changeMeant(request({ productId: 1, amountMinor })), { timeout: 10_000 })
      .toMatchObject({ state: 'live', results: [{ status: 'unchanged' }] })
    expect(await inIndex('price:1')).toBe(first.results[0]?.version)
  })

  test('answers "propagating" where the index has the version already: only a write proves that it takes writes', async () => {
    const amountMinor = nextAmount++
    expect(await changeMeant(request({ productId: 2, amountMinor }))).toMatchObject({ state: 'live' })
    await refuse(code)
    expect(await changeMeant(request({ productId: 2, amountMinor }))).toMatchObject({
      state: 'propagating',
      results: [{ status: 'unchanged' }],
    })
  })

  test('answers "propagating" to a change of status and to its retry, and raises every list when it heals', async () => {
    const set = (status: 'active' | 'discontinued') =>
      changeStatus({ productId: 3, status, reason: 'No longer made' }, shellPrincipal('ana'))
    await refuse(code)
    expect(await set('discontinued')).toMatchObject({ state: 'propagating', changed: true })
    expect(await set('discontinued')).toMatchObject({ state: 'propagating', changed: false })
    await healed()
    expect(await set('discontinued')).toMatchObject({ state: 'live', changed: false })
    const lists = await database.db.category.findMany({ where: { products: { some: { productId: 3 } } } })
    expect(lists.length).toBeGreaterThan(0)
    for (const { id, version } of lists) expect(await inIndex(`category:${id}`)).toBe(Number(version))
    await set('active')
  })

  test('answers "propagating" to a purge of a product or of everything, and refuses that of a language', async () => {
    const throwAway = (scope: PurgeScope) => purge(webParts(), scope, 'A test of break glass', shellPrincipal('ana'))
    await refuse(code)
    expect(await throwAway({ kind: 'product', id: 4 })).toMatchObject({ state: 'propagating' })
    expect(await throwAway({ kind: 'everything' })).toMatchObject({ state: 'propagating' })
    await expect(throwAway({ kind: 'locale', locale: 'de' })).rejects.toMatchObject({ code: 'INDEX_UNAVAILABLE' })
  })

  test('answers "propagating" to a bulk edit, also when it is applied again', async () => {
    await refuse(code)
    const { state, edit } = await approved()
    expect(state).toBe('propagating')
    expect(await applyBulkEdit(edit.id)).toBe('propagating')
    await healed()
    expect(await applyBulkEdit(edit.id)).toBe('live')
    const prices = await database.db.price.findMany()
    for (const { productId, version } of prices) expect(await inIndex(`price:${productId}`)).toBe(Number(version))
  })
})
