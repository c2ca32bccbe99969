/** A commit that every cache shows at once: staged in its transaction, shown by one script. */
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { versionSource } from '#lib/catalog/coherence.ts'
import { testCoherence } from '#lib/catalog/testing/coherence.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { boundedRedis, testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { z } from 'zod'
import type { Coherence } from '../coherence.ts'
import { keys, TAG_TTL_S } from '../protocol/keys.ts'
import { parseLease } from '../protocol/lease.ts'
import { parseTagState } from '../protocol/tagState.ts'
import { OutboxFollower } from './outboxFollower.ts'
import type { PreparedCommit } from './preparedCommit.ts'

/** More than one script of the index stages, and more than one process would apply of the outbox. */
const PRODUCTS = 2_500
const LEASE_MS = 2_000
/** Longer than an impatient client waits, and shorter than the lease lives. */
const PAUSE_MS = 600
const IMPATIENT_MS = 300
const FIRST = 'price:1'
const LAST = `price:${PRODUCTS}`

let database: SeededDatabase
let redis: TestRedis
let [writer, reader]: Coherence[] = []
/** The versions that the outer cache got. */
let published: string[] = []
const outer = {
  beforeIndex: async (versions: readonly object[]) => published.push(`before ${versions.length}`) > 0,
  afterIndex: async (versions: readonly object[]) => published.push(`after ${versions.length}`) > 0,
}

beforeAll(async () => {
  ;[database, redis] = await Promise.all([seededDatabase(PRODUCTS), testRedis()])
  ;[writer, reader] = await Promise.all(
    [1, 2].map(() => testCoherence(redis.client, database.db, { leaseMs: LEASE_MS, outer })),
  )
  for (const { index } of fleet()) await vi.waitUntil(async () => (await index.read([])).from === 'index', 10_000)
}, 60_000)
afterEach(async () => {
  await redis.proxy.heal()
  for (const { keeper } of fleet()) await keeper.follow()
  await vi.waitUntil(async () => !(await isBehind()), 2 * LEASE_MS)
  published = []
})
afterAll(async () => {
  for (const { keeper } of fleet()) await keeper.stop()
  await redis.close()
  await database.drop()
})

function fleet(): [writer: Coherence, reader: Coherence] {
  if (!writer || !reader) throw new Error('not started')
  return [writer, reader]
}

const isBehind = async () => parseLease((await redis.direct.get(keys.indexLease)) ?? '').behind
const hashes = () => redis.direct.keys(keys.staged('*'))
/** What keepers have to do after a commit was shown is done. */
const untilFolded = () => vi.waitUntil(async () => (await hashes()).length === 0, 2 * LEASE_MS)
/** @param test runs while no keeper works, so that what is shown is not brought to its tags */
async function withoutKeepers(test: () => Promise<void>): Promise<void> {
  for (const { keeper } of fleet()) await keeper.stop()
  try {
    await test()
  } finally {
    for (const { keeper } of fleet()) keeper.start()
  }
}

/** All prices in one transaction, staged. @param staged called before the commit */
async function changeAll(
  amountMinor: number,
  staged: (commit: PreparedCommit) => Promise<void> = async () => undefined,
  by = fleet()[0],
) {
  return database.db.$transaction(
    async (tx) => {
      await tx.price.updateMany({ data: { amountMinor, compareAtMinor: null } })
      const commit = await by.prepareCommit(versionSource(() => tx))
      await staged(commit)
      return commit
    },
    { timeout: 30_000 },
  )
}

async function pairOf({ index }: Coherence) {
  const { states, from } = await index.read([FIRST, LAST])
  return { from, amounts: [FIRST, LAST].map((name) => amountIn(states.get(name)?.payload)) }
}

const amountIn = (payload = '{}'): unknown => JSON.parse(payload).amountMinor

it('shows all of a commit with the first read after it, and the index is never behind', async () => {
  const [, reading] = fleet()
  await pairOf(reading)
  const commit = await changeAll(4_711, async () => {
    expect((await pairOf(reading)).amounts, 'before the commit').not.toContain(4_711)
  })
  await commit.publishAhead()
  expect(published).toEqual([`before ${PRODUCTS}`])
  const seen = new Set<string>()
  const shown = new AbortController()
  const watch = async () => {
    while (!shown.signal.aborted) seen.add(JSON.stringify({ behind: await isBehind(), ...(await pairOf(reading)) }))
  }
  const [answer] = await Promise.all([commit.show().finally(() => shown.abort()), watch()])
  expect(answer).toBe(true)
  expect(await pairOf(reading)).toEqual({ from: 'index', amounts: [4_711, 4_711] })
  const readings = [...seen].map((text) =>
    z.object({ behind: z.boolean(), from: z.string(), amounts: z.array(z.number()) }).parse(JSON.parse(text)),
  )
  expect(
    readings.filter(({ behind, from, amounts: [first, last] }) => behind || from !== 'index' || first !== last),
  ).toEqual([])
  expect(await database.db.outbox.count({ where: { indexedAt: null } })).toBe(0)
  expect(published).toEqual([`before ${PRODUCTS}`, `after ${PRODUCTS}`])
  await untilFolded()
})

it('shows all of a commit when Redis is too busy to answer in time', async () => {
  const [, reading] = fleet()
  const { db } = redis.client.options
  const client = await boundedRedis({ port: redis.proxy.port, db, commandTimeout: IMPATIENT_MS })
  const impatient = await testCoherence(client, database.db, { leaseMs: LEASE_MS, outer })
  const commit = await changeAll(4_712, undefined, impatient)
  await impatient.keeper.stop()
  // A keeper that Redis does not tell of the claim would apply the same changes, part by part.
  await withoutKeepers(async () => {
    await redis.direct.call('CLIENT', 'PAUSE', PAUSE_MS, 'ALL')
    expect(await commit.show()).toBe(true)
    expect([await isBehind(), (await pairOf(reading)).amounts]).toEqual([false, [4_712, 4_712]])
  })
  client.disconnect()
  expect(await database.db.outbox.count({ where: { indexedAt: null } })).toBe(0)
  await untilFolded()
})

it('is left alone by a process that follows the outbox between the commit and its switch', async () => {
  const [, { publisher, index }] = fleet()
  const commit = await changeAll(4_713, (one) => one.claim())
  const follower = new OutboxFollower({ source: versionSource(() => database.db), indexRedis: redis.client }, publisher)
  expect(await follower.apply(index.link.belief.lease)).toMatchObject({ isLeft: true, isShownElsewhere: true })
  expect([await isBehind(), (await pairOf(fleet()[1])).from]).toEqual([false, 'index'])
  expect(await commit.show()).toBe(true)
  expect((await pairOf(fleet()[1])).amounts).toEqual([4_713, 4_713])
})

it('lets readers ask the source when what was staged is lost', async () => {
  const [, reading] = fleet()
  await pairOf(reading)
  const commit = await changeAll(815, async () => void (await redis.direct.unlink(...(await hashes()))))
  expect(await commit.show()).toBe(true)
  expect(await isBehind()).toBe(true)
  expect((await pairOf(reading)).amounts).toEqual([815, 815])
})

it('is on its way when the term of the Redis that took it is over: another one may be believed', async () => {
  const commit = await changeAll(816, async () => void (await redis.direct.unlink(...(await hashes()))))
  const turn = (term: object) => database.db.indexTerm.update({ where: { id: 1 }, data: { term } })
  await turn({ increment: 1 })
  const answers = [await commit.show(), await fleet()[0].publisher.markBehind()]
  await turn({ decrement: 1 })
  expect(answers).toEqual([false, false])
})

it('shows it before it is in its tags, and what is said of a tag until then', async () => {
  const [writing, reading] = fleet()
  const prices = [1, 2, 3].map((id) => ({ kind: 'price' as const, id }))
  const { version } = await database.db.price.findUniqueOrThrow({ where: { productId: 2 } })
  const commit = await changeAll(818)
  await withoutKeepers(async () => {
    expect(await commit.show()).toBe(true)
    const text = await redis.direct.get(keys.tag(FIRST))
    expect(amountIn(parseTagState(text).payload)).not.toBe(818)
    expect(await pairOf(reading)).toEqual({ from: 'index', amounts: [818, 818] })
    await writing.publisher.revalidate([FIRST])
    await writing.publisher.publish([{ kind: 'price', id: 2, version: Number(version) + 5 }])
    const [revalidated, raised, other] = await reading.index.heldStates(prices)
    expect(revalidated?.expiredAt).toBeGreaterThan(0)
    expect(amountIn(revalidated?.payload)).toBe(818)
    expect([raised?.version, amountIn(other?.payload)]).toEqual([Number(version) + 5, 818])
  })
  const before = await reading.index.heldStates(prices)
  await untilFolded()
  expect(await reading.index.heldStates(prices)).toEqual(before)
  expect(amountIn(parseTagState(await redis.direct.get(keys.tag(FIRST))).payload)).toBe(818)
  await reading.index.reconcile(['price:2'])
})

it('is not hidden when Redis loses what was shown before it is in its tags', async () => {
  const [, reading] = fleet()
  const commit = await changeAll(819)
  await withoutKeepers(async () => {
    expect(await commit.show()).toBe(true)
    await redis.direct.unlink(...(await hashes()))
    expect(await pairOf(reading)).toEqual({ from: 'source', amounts: [819, 819] })
  })
  await vi.waitUntil(async () => (await pairOf(reading)).from === 'index', 10 * LEASE_MS)
  expect((await pairOf(reading)).amounts).toEqual([819, 819])
})

it('is in its tags when the next term begins', async () => {
  const [, reading] = fleet()
  const commit = await changeAll(820)
  await withoutKeepers(async () => {
    expect(await commit.show()).toBe(true)
    await redis.direct.del(keys.indexLease)
  })
  await vi.waitUntil(async () => (await pairOf(reading)).from === 'index', 10 * LEASE_MS)
  expect(await hashes()).toEqual([])
  expect(await pairOf(reading)).toEqual({ from: 'index', amounts: [820, 820] })
})

/** The log of the index names up to 100 tags of a change, and of more says that each may have changed. */
it.each([1, 101])('keeps what was said of %i tags after they were staged', async (count) => {
  const [writing, reading] = fleet()
  const raisedId = count + 1
  const { version } = await database.db.price.findUniqueOrThrow({ where: { productId: raisedId } })
  const amountMinor = 300 + count
  const commit = await changeAll(amountMinor, async () => {
    await writing.publisher.revalidate(Array.from({ length: count }, (_, i) => `price:${i + 1}`))
    await writing.publisher.publish([{ kind: 'price', id: raisedId, version: Number(version) + 5 }])
  })
  expect(await commit.show()).toBe(true)
  const [first, raised, other] = await reading.index.heldStates(
    [1, raisedId, raisedId + 1].map((id) => ({ kind: 'price', id })),
  )
  expect(first?.expiredAt).toBeGreaterThan(0)
  expect(amountIn(first?.payload)).toBe(amountMinor)
  expect(raised?.version).toBe(Number(version) + 5)
  expect([other?.expiredAt, amountIn(other?.payload)]).toEqual([0, amountMinor])
  await reading.index.reconcile([`price:${raisedId}`])
})

it('leaves each tag with a lifetime', async () => {
  await (await changeAll(1_234)).show()
  await untilFolded()
  const left = await Promise.all([FIRST, LAST].map((name) => redis.direct.ttl(keys.tag(name))))
  expect(Math.min(...left)).toBeGreaterThan(TAG_TTL_S / 2)
})

it('shows nothing of a transaction that is rolled back', async () => {
  const [, reading] = fleet()
  let commit: PreparedCommit | undefined
  const before = await pairOf(reading)
  await expect(
    database.db.$transaction(
      async (tx) => {
        await tx.price.updateMany({ data: { amountMinor: 1, compareAtMinor: null } })
        commit = await fleet()[0].prepareCommit(versionSource(() => tx))
        throw new Error('given up')
      },
      { timeout: 30_000 },
    ),
  ).rejects.toThrow('given up')
  expect(await hashes()).toHaveLength(1)
  await commit?.drop()
  expect(await hashes()).toEqual([])
  expect(await pairOf(reading)).toEqual(before)
})

it('is on its way while Redis is away', async () => {
  const commit = await changeAll(17)
  await redis.proxy.cut()
  expect(await commit.show()).toBe(false)
  await redis.proxy.heal()
  await vi.waitUntil(async () => (await pairOf(fleet()[1])).amounts.every((amount) => amount === 17), 10_000)
})

it('shows no half of an earlier commit that the index does not have yet', async () => {
  const [own, other] = fleet()
  await pairOf(other)
  for (const { keeper } of fleet()) await keeper.stop()
  await database.db.price.updateMany({ where: { productId: { in: [1, PRODUCTS] } }, data: { amountMinor: 7_001 } })
  const commit = await database.db.$transaction(async (tx) => {
    await tx.price.update({ where: { productId: 1 }, data: { amountMinor: 7_002 } })
    return own.prepareCommit(versionSource(() => tx))
  })
  await commit.show()
  expect((await pairOf(other)).amounts).toEqual([7_002, 7_001])
  for (const { keeper } of fleet()) keeper.start()
})

it('keeps the value that others have seen with a version that Postgres has lost and uses again', async () => {
  const [writing, reading] = fleet()
  const price = { kind: 'price' as const, id: 3 }
  const { version } = await database.db.price.findUniqueOrThrow({ where: { productId: price.id } })
  const seen = { ...price, version: Number(version) + 1, payload: '{"amountMinor":9}' }
  await writing.index.raise([seen])
  const commit = await changeAll(444)
  expect(await commit.show()).toBe(true)
  const [held] = await reading.index.heldStates([price])
  expect([held?.version, amountIn(held?.payload)]).toEqual([seen.version, 9])
})
