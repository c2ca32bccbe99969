/** A position from before the outbox was cut off: what was deleted since cannot be applied, so nothing may be believed for it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { testCoherence } from '#lib/catalog/testing/coherence.ts'
import { LoadedIndex } from '#lib/catalog/search/index/loadedIndex.ts'
import type { VersionSource } from '../ports.ts'
import { keys } from '../protocol/keys.ts'
import { tag } from '../tags.ts'

let database: SeededDatabase
let redis: TestRedis
beforeAll(async () => {
  ;[database, redis] = await Promise.all([seededDatabase(20), testRedis()])
})
beforeEach(async () => {
  await redis.direct.flushdb()
  const none = { term: 0, epoch: '', server: '', source: '', renewals: 0, reason: '', forgotten: '' }
  await database.db.indexTerm.update({ where: { id: 1 }, data: none })
})
afterAll(async () => {
  await redis.close()
  await database.drop()
})

const setPrice = async (productId: number): Promise<number> => {
  const data = { amountMinor: { increment: 1 } }
  return Number((await database.db.price.update({ where: { productId }, data })).version)
}
/** Everything that is in the outbox is done, and so many days old. */
const age = (days: number) => database.db.$executeRaw`
  UPDATE outbox SET done_at = now(), indexed_at = now(), created_at = created_at - make_interval(days => ${days})`
const forget = async () =>
  (await database.db.$queryRaw<[{ rows: number }]>`SELECT forget_outbox('35 days', 5000) AS rows`)[0].rows

/** @returns whether every change of the log is before `position` */
async function pastTheLog(position: string): Promise<boolean> {
  const [{ newest }] = await database.db.$queryRaw<[{ newest: string }]>`SELECT max(xid)::text AS newest FROM outbox`
  return BigInt(position.split(' ').at(-1) ?? 0) > BigInt(newest)
}

/** Its keeper would prove a position while another test forgets what is before it. */
async function sourceOf(): Promise<VersionSource> {
  const { keeper, ports } = await testCoherence(redis.client, database.db)
  await keeper.stop()
  return ports.source
}
async function all(source: VersionSource, position: string): Promise<string[]> {
  const found: string[] = []
  for await (const part of source.changesSince(position))
    found.push(...part.map(({ kind, id, version }) => `${kind}:${id}@${version}`))
  return found
}

describe('forget_outbox', () => {
  it('deletes what is done and old, and no row behind one that is not', async () => {
    await age(36)
    const [pending] = await database.db.$queryRaw<[{ id: bigint }]>`
      UPDATE outbox SET done_at = NULL WHERE id = (SELECT min(id) FROM outbox) RETURNING id`
    const version = await setPrice(2)
    expect(await forget()).toBeGreaterThan(0)
    expect(await forget()).toBe(0)
    const left = await database.db.outbox.findMany({ select: { id: true, versions: true }, orderBy: { id: 'asc' } })
    expect(left).toEqual([
      { id: pending.id, versions: expect.any(Array) },
      { id: expect.any(BigInt), versions: [BigInt(version)] },
    ])
  })

  it('moves where the log begins forward only', async () => {
    const xid = async () =>
      (await database.db.indexTerm.findUniqueOrThrow({ where: { id: 1 } })).forgotten.split(' ')[1]
    await setPrice(3)
    await age(36)
    await database.db.$executeRaw`UPDATE outbox SET created_at = now() WHERE id < (SELECT max(id) FROM outbox)`
    expect(await forget()).toBe(1)
    const first = await xid()
    await age(36)
    expect(await forget()).toBeGreaterThan(0)
    expect(await xid(), 'the rest is of older transactions').toBe(first)
  })
})

describe('a position that the log does not reach back to', () => {
  it('is said to be so by the source, before and while it is read', async () => {
    const source = await sourceOf()
    const before = await source.position()
    const version = await setPrice(4)
    expect(source.reaches(before, await source.term())).toBe(true)
    expect(await all(source, before)).toEqual([`price:4@${version}`])
    await age(36)
    // A position waits for every transaction of the server, and other tests have databases on it.
    let later = ''
    await expect.poll(async () => pastTheLog((later = await source.position())), { timeout: 20_000 }).toBe(true)
    expect(await forget()).toBeGreaterThan(0)
    expect(source.reaches(before, await source.term())).toBe(false)
    await expect(all(source, before)).rejects.toMatchObject({ name: 'FreshnessError', code: 'LOG_FORGOTTEN' })
    expect(source.reaches(later, await source.term()), 'nothing after it is gone').toBe(true)
    expect(await all(source, later)).toEqual([])
  })

  it('makes a Redis from an old file begin anew: no price of the file is shown', async () => {
    const first = await testCoherence(redis.client, database.db, { leaseMs: 400 })
    const name = tag('price', 5)
    await first.index.read([name])
    await expect.poll(() => redis.direct.get(keys.position), { timeout: 5_000 }).toBeTruthy()
    await first.keeper.stop()
    const epoch = await redis.direct.get(keys.epoch)
    const version = await setPrice(5)
    await age(36)
    await forget()
    await redis.direct.del(keys.indexLease)
    const second = await testCoherence(redis.client, database.db, { leaseMs: 400 })
    try {
      await expect.poll(() => second.index.trusted, { timeout: 5_000 }).toBe(true)
      const snapshot = await second.index.read([name])
      expect(snapshot.states.get(name)?.version).toBe(version)
      expect(snapshot.from).toBe('index')
      expect(await redis.direct.get(keys.epoch)).not.toBe(epoch)
    } finally {
      await second.keeper.stop()
    }
  })

  it('makes a search load the catalog again', async () => {
    const search = new LoadedIndex(database.db, await sourceOf())
    await search.current('', [])
    await database.db.product.update({ where: { id: 6 }, data: { name: 'Zephyrine lamp' } })
    await age(36)
    await forget()
    const index = await search.current('zephyrine', ['en'])
    const row = index.products.rowOf(6)
    expect(row).toBeDefined()
    const { version } = await database.db.product.findUniqueOrThrow({ where: { id: 6 } })
    expect(index.products.has('product', 6, Number(version))).toBe(true)
  })
})
