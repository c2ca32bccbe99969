/** All of a commit or nothing of it: what one read gives is never a part of a commit, by any process that raises the index. */
import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { testCoherence } from '#lib/catalog/testing/coherence.ts'
import type { Coherence } from '../coherence.ts'
import { keys } from '../protocol/keys.ts'
import { tag, type VersionedTag } from '../tags.ts'

const PRODUCTS = 60
/** The first half of the products comes before the other changes of a commit, and the second half after them. */
const HALF = PRODUCTS / 2
/** The keeper looks so seldom that a test can do things between a commit and its scan. */
const LEASE_MS = 2_000

/** Milliseconds after an edit at which each read that began before it has ended. */
const SETTLED_MS = 100

let database: SeededDatabase
let redis: TestRedis
let fleet: [Coherence, Coherence]
let offsets: ReadonlyMap<string, number>

const price = (id: number) => tag('price', id)
const LISTS = [
  [price(1), price(HALF + 1)],
  [price(HALF + 2), price(2), price(3), price(PRODUCTS)],
  Array.from({ length: PRODUCTS }, (_, i) => price(PRODUCTS - i)),
]

beforeAll(async () => {
  ;[database, redis] = await Promise.all([seededDatabase(PRODUCTS), testRedis()])
  await database.db.price.updateMany({ data: { compareAtMinor: null } })
  const process = () => testCoherence(redis.client, database.db, { leaseMs: LEASE_MS })
  fleet = await Promise.all([process(), process()])
  const rows = await database.db.price.findMany({ orderBy: { productId: 'asc' } })
  offsets = new Map(rows.map(({ productId, version }) => [price(productId), Number(version)]))
}, 60_000)
afterAll(async () => {
  await Promise.all(fleet.map(({ keeper }) => keeper.stop()))
  await redis.close()
  await database.drop()
})

/** @param others rows of the outbox between the two halves, of a thousand changes each */
function commit(others: number): Promise<void> {
  return database.db.$transaction(async (tx) => {
    await tx.price.updateMany({ where: { productId: { lte: HALF } }, data: { amountMinor: { increment: 1 } } })
    await tx.$executeRaw`
      INSERT INTO outbox (topic, entity_ids, versions)
      SELECT 'price', array_agg(1000000 + part * 1000 + i), array_agg(1)
      FROM generate_series(1, ${others}::int) part, generate_series(1, 1000) i GROUP BY part`
    await tx.price.updateMany({ where: { productId: { gt: HALF } }, data: { amountMinor: { increment: 1 } } })
  })
}

const stateOf = async ({ index }: Coherence, list: readonly string[]) => (await index.read(list)).states
/** The number of commits in each row of the list, as a read in that process sees it. */
async function commitsSeen(process: Coherence, list: readonly string[]): Promise<number[]> {
  const states = await stateOf(process, list)
  return list.map((name) => (states.get(name)?.version ?? NaN) - (offsets.get(name) ?? NaN))
}
const distinct = (numbers: readonly number[]) => [...new Set(numbers)]

async function settled(): Promise<void> {
  await vi.waitUntil(async () => (await database.db.outbox.count({ where: { indexedAt: null } })) === 0, 10_000)
  await vi.waitUntil(async () => (await redis.direct.get(keys.indexLease))?.includes('behind') === false, 5_000)
}

describe.each([
  ['more than one script takes', 3],
  ['more than one scan finds', 25],
])('of a commit that changes %s', (_what, others) => {
  it('shows all or nothing, in the process that applies it and in one that reads', { timeout: 30_000 }, async () => {
    const [relay, reader] = fleet
    for (const list of LISTS) for (const process of fleet) await stateOf(process, list)
    const mixed: string[] = []
    let reads = 0
    const stop = new AbortController()
    const read = async (process: Coherence, list: readonly string[]) => {
      while (!stop.signal.aborted) {
        const seen = distinct(await commitsSeen(process, list))
        if (seen.length > 1) mixed.push(`${list.length} prices: ${seen.join(' and ')} commits`)
        reads++
      }
    }
    const readers = fleet.flatMap((process) => LISTS.map((list) => read(process, list)))
    for (let round = 0; round < 3; round++) {
      await commit(others)
      await relay.keeper.follow()
      await settled()
    }
    stop.abort()
    await Promise.all(readers)
    expect(mixed).toEqual([])
    expect(reads).toBeGreaterThan(100)
    const rows = await database.db.price.findMany({ where: { productId: { in: [1, PRODUCTS] } } })
    expect(distinct(await commitsSeen(reader, LISTS[0] ?? []))).toEqual([
      Number(rows[0]?.version) - (offsets.get(price(1)) ?? NaN),
    ])
  })
})

describe('between a commit and the scan that finds it', () => {
  const [first, last] = [price(4), price(HALF + 4)]
  const pair = [first, last]

  const versionOf = async (id: number): Promise<VersionedTag> => {
    const { version } = await database.db.price.findUniqueOrThrow({ where: { productId: id } })
    return { kind: 'price', id, version: Number(version) }
  }
  /** A refresh has just been made, so that the next one is far. */
  async function justRefreshed(): Promise<void> {
    await settled()
    const { renewals } = await database.db.indexTerm.findUniqueOrThrow({ where: { id: 1 } })
    await vi.waitUntil(
      async () => (await database.db.indexTerm.findUniqueOrThrow({ where: { id: 1 } })).renewals > renewals,
      { timeout: 5_000, interval: 5 },
    )
    await settled()
  }
  beforeEach(async () => {
    await settled()
    for (const process of fleet) await stateOf(process, pair)
    await justRefreshed()
  })

  it('reads the whole list from the source when one tag is not known', async () => {
    const one = await testCoherence(redis.client, database.db, { leaseMs: LEASE_MS })
    await stateOf(one, [price(5)])
    await redis.direct.unlink(keys.tag(price(HALF + 5)))
    await commit(0)
    expect(distinct(await commitsSeen(one, [price(5), price(HALF + 5)]))).toHaveLength(1)
    await one.keeper.stop()
  })

  it('reads the whole list from the source when one tag has no payload', async () => {
    const [one] = fleet
    const version = (await stateOf(one, [last])).get(last)?.version
    await redis.direct.set(keys.tag(last), String(version))
    // A process that knows the state would not see it.
    const other = await testCoherence(redis.client, database.db, { leaseMs: LEASE_MS })
    await commit(0)
    expect(distinct(await commitsSeen(other, [...pair]))).toHaveLength(1)
    await other.keeper.stop()
  })

  it('makes no other reader mix what a reader has filled in', async () => {
    const [one, other] = fleet
    await redis.direct.unlink(keys.tag(price(HALF + 6)))
    await stateOf(other, [price(6)])
    await commit(0)
    await stateOf(one, [price(HALF + 6)])
    expect(distinct(await commitsSeen(other, [price(6), price(HALF + 6)]))).toHaveLength(1)
  })

  it('makes no other reader mix what a render has shown', async () => {
    const [one, other] = fleet
    await commit(0)
    const start = await one.index.guarded.readStart()
    await one.publisher.publishShown([await versionOf(4)], start)
    expect(distinct(await commitsSeen(other, pair))).toHaveLength(1)
  })

  it('makes no reader mix a later change of one of the rows that its writer publishes', async () => {
    const [one, other] = fleet
    await commit(0)
    await database.db.price.update({ where: { productId: 4 }, data: { amountMinor: { increment: 1 } } })
    await one.publisher.publish([await versionOf(4)])
    const [ofFirst = NaN, ofLast] = await commitsSeen(other, pair)
    expect(ofFirst - 1).toBe(ofLast)
    // One more change of the last, so that each has as many as before.
    await database.db.price.update({ where: { productId: HALF + 4 }, data: { amountMinor: { increment: 1 } } })
  })

  it('asks no reader to read from the source when a writer publishes the commit as a whole', async () => {
    const [one] = fleet
    const rows = await database.db.price.updateManyAndReturn({
      where: { productId: { in: [7, 8, 9] } },
      data: { amountMinor: { increment: 1 } },
    })
    await one.publisher.publish(rows.map((row) => ({ kind: 'price', id: row.productId, version: Number(row.version) })))
    expect(await redis.direct.get(keys.indexLease)).not.toContain('behind')
    await database.db.price.updateMany({
      where: { productId: { notIn: [7, 8, 9] } },
      data: { amountMinor: { increment: 1 } },
    })
  })
})

it('shows each pair alike while pairs are edited all the time, some past the application, and tags expire', async () => {
  const [relay, reader] = fleet
  const pairs = Array.from({ length: 10 }, (_, i) => [20 + i, HALF + 20 + i] as const)
  const random = (below: number) => Math.floor(Math.random() * below)
  const anyPair = () => pairs[random(pairs.length)] ?? expect.fail('no pair')
  const stop = new AbortController()
  const mixed: string[] = []
  /** When a pair was edited last, Infinity while it is. */
  const editedAt = new Map<readonly number[], number>()
  let [reads, commits, expired] = [0, 0, 0]

  const whileItLasts = async (step: () => Promise<unknown>) => {
    while (!stop.signal.aborted) await step()
  }
  const edit = async () => {
    const pair = anyPair()
    if (editedAt.get(pair) === Infinity) return setImmediate()
    editedAt.set(pair, Infinity)
    const rows = await database.db.price.updateManyAndReturn({
      where: { productId: { in: [...pair] } },
      data: { amountMinor: { increment: 1 } },
    })
    commits++
    if (random(3) === 0) await relay.keeper.follow()
    else
      await relay.publisher.publish(
        rows.map((row) => ({ kind: 'price', id: row.productId, version: Number(row.version) })),
      )
    editedAt.set(pair, performance.now())
  }
  const lists = Array.from({ length: 12 }, (_, i) =>
    pairs.filter((_pair, j) => j % 3 === i % 3 || j === i).flatMap((pair) => pair.map(price)),
  )
  const read = async (process: Coherence) => {
    const known = lists[random(lists.length)] ?? []
    const list = random(4) === 0 ? known.toReversed() : known
    const states = await stateOf(process, list)
    for (const pair of pairs) {
      const [one, other] = pair.map((id) => (states.get(price(id))?.version ?? NaN) - (offsets.get(price(id)) ?? NaN))
      if (states.has(price(pair[0])) && one !== other)
        mixed.push(`${one} and ${other} commits of ${pair.join(' and ')}`)
    }
    reads++
  }
  // A tag lives for days after it was raised last: what a read found before that has arrived long since.
  const expire = async () => {
    const pair = anyPair()
    if (performance.now() - (editedAt.get(pair) ?? 0) < SETTLED_MS) return setImmediate()
    expired += await redis.direct.unlink(keys.tag(price(pair[random(2)] ?? 0)))
  }
  const readers = [relay, reader].flatMap((process) =>
    Array.from({ length: 6 }, () => whileItLasts(() => read(process))),
  )
  const work = [...readers, whileItLasts(edit), whileItLasts(edit), whileItLasts(expire)]
  await vi.waitUntil(() => commits >= 300 && reads >= 3_000 && expired >= 10, 20_000)
  stop.abort()
  await Promise.all(work)
  expect(mixed).toEqual([])
}, 30_000)
