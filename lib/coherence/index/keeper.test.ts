/** The index lease over real servers: the times at which a process may believe the index. Whole servers that fail are in e2e/lease. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { testCoherence } from '#lib/catalog/testing/coherence.ts'
import type { Coherence } from '../coherence.ts'
import { dependenciesOf, judge } from '../protocol/freshness.ts'
import { keys } from '../protocol/keys.ts'
import { leaseTimes } from '../protocol/lease.ts'
import { tag } from '../tags.ts'

/** Milliseconds. */
const LEASE_MS = 400
const { waitMs } = leaseTimes(LEASE_MS)

let database: SeededDatabase
let redis: TestRedis
let running: Coherence[] = []

/** A process of the fleet: it keeps the lease as the others do. */
async function started(client = redis.client, leaseMs = LEASE_MS): Promise<Coherence> {
  const coherence = await testCoherence(client, database.db, { leaseMs })
  running.push(coherence)
  return coherence
}

const stopAll = () => Promise.all(running.map(({ keeper }) => keeper.stop()))
const term = () => database.db.indexTerm.findUniqueOrThrow({ where: { id: 1 } })
const believed = (coherence: Coherence) => expect.poll(() => coherence.index.trusted).toBe(true)
/** The second term has begun, and is believed. */
async function believedAgain(coherence: Coherence): Promise<void> {
  await expect.poll(async () => (await term()).term).toBe(2n)
  await expect.poll(async () => (await redis.direct.get(keys.indexLease))?.split(' ')[0]).toBe('2')
  await believed(coherence)
}
const disbelieved = (coherence: Coherence) => expect.poll(() => coherence.index.trusted).toBe(false)
const setPrice = async (productId: number) => {
  const data = { amountMinor: { increment: 1 } }
  return Number((await database.db.price.update({ where: { productId }, data })).version)
}
const price = (id: number, version: number) => ({ kind: 'price', id, version })
const versionIn = async ({ index }: Coherence, id: number) => {
  const name = tag('price', id)
  return (await index.read([name])).states.get(name)?.version
}

/** Everything that Redis holds, as a file of it would. */
async function copyOfRedis(): Promise<() => Promise<void>> {
  const names = await redis.direct.keys('*')
  const values = await Promise.all(names.map((name) => redis.direct.dumpBuffer(name)))
  return async () => {
    await redis.direct.flushdb()
    for (const [i, name] of names.entries()) await redis.direct.restore(name, 0, values[i] ?? '')
  }
}

beforeAll(async () => {
  ;[database, redis] = await Promise.all([seededDatabase(20), testRedis()])
})
beforeEach(async () => {
  await redis.direct.flushdb()
  await database.db.outbox.updateMany({ data: { indexedAt: new Date() } })
  const none = { term: 0, epoch: '', server: '', source: '', renewals: 0, reason: '' }
  await database.db.indexTerm.update({ where: { id: 1 }, data: none })
})
afterEach(async () => {
  await redis.proxy.heal()
  await stopAll()
  running = []
})
afterAll(async () => {
  await redis.close()
  await database.drop()
})

describe('a term of the index', () => {
  it('begins at once where there was none before', async () => {
    const inAShop = leaseTimes(5_000)
    const began = performance.now()
    const { index } = await started(redis.client, inAShop.leaseMs)
    expect(index.trusted).toBe(true)
    expect(performance.now() - began).toBeLessThan(inAShop.waitMs)
    expect(await term()).toMatchObject({ term: 1n, reason: 'first' })
  })

  it('goes on when the process that refreshed the lease ends: another takes over before belief is lost', async () => {
    const inAShop = 2_000
    const [first, second] = [await started(redis.client, inAShop), await started(redis.client, inAShop)]
    await first.keeper.stop()
    const until = performance.now() + 2 * inAShop
    while (performance.now() < until) {
      expect(second.index.trusted).toBe(true)
      await second.index.read([])
    }
    expect(await term()).toMatchObject({ term: 1n })
  })

  it('ends when no process refreshes it, and the next one begins when no process can believe it any more', async () => {
    const reader = await started()
    const entry = { dependencies: dependenciesOf(['_N_T_/en']), provenance: await reader.index.renderStart() }
    await stopAll()
    const { renewals } = await term()
    const stopped = performance.now()
    await expect.poll(() => performance.now() - stopped, { interval: 10 }).toBeGreaterThan(LEASE_MS)
    expect(reader.index.trusted).toBe(false)
    reader.keeper.start()
    await believed(reader)
    expect(performance.now() - stopped).toBeGreaterThanOrEqual(waitMs - LEASE_MS)
    expect(await term()).toMatchObject({ term: 2n, reason: 'lease-lost' })
    expect((await term()).renewals).toBeGreaterThan(renewals)
    const snapshot = await reader.index.read(['_N_T_/en'])
    expect(judge(entry.dependencies, entry.provenance, snapshot), 'the same data set').toBe('fresh')
  })

  it('rebuilds an index that lost its data, and outdates what was made before', async () => {
    const process = await started()
    const dependencies = dependenciesOf(['_N_T_/en'])
    const before = await process.index.renderStart()
    await redis.direct.flushdb()
    await expect.poll(async () => (await term()).term).toBe(2n)
    const between = await process.index.renderStart()
    await believed(process)
    const snapshot = await process.index.read(['_N_T_/en'])
    expect(judge(dependencies, before, snapshot)).toBe('stale')
    expect(judge(dependencies, between, snapshot), 'rendered from Postgres in the new term').toBe('fresh')
  })

  it('that begins in older data brings what changed since, however long ago that was', async () => {
    const process = await started()
    const [kept, shown] = [await setPrice(1), await setPrice(2)]
    await process.publisher.publish([price(1, kept), price(2, shown)])
    const restore = await copyOfRedis()
    const later = await setPrice(2)
    await expect.poll(() => process.publisher.publish([price(2, later)])).toBe(true)
    await expect.poll(() => database.db.outbox.count({ where: { indexedAt: null } })).toBe(0)
    await database.db
      .$executeRaw`UPDATE outbox SET created_at = created_at - interval '10 days', done_at = clock_timestamp()`
    await stopAll()
    await restore()
    await redis.direct.del(keys.indexLease)
    expect(await versionIn(process, 2), 'at every moment').toBe(later)
    process.keeper.start()
    await believedAgain(process)
    expect(await process.index.held([price(1, 0), price(2, 0)])).toEqual([kept, later])
    expect(await term()).toMatchObject({ term: 2n })
  })
})

describe('the index is not believed', () => {
  it('when the lease beside its data is of another run or promotion of the server', async () => {
    const process = await started()
    await stopAll()
    const [at, nonce, server = ''] = ((await redis.direct.get(keys.indexLease)) ?? '').split(' ')
    const other = server.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))
    await redis.direct.set(keys.indexLease, `${at} ${Number(nonce) + 1} ${other}`)
    await process.index.link.look()
    expect((await process.index.read([])).from).toBe('source')
  })

  it('when the lease is older than one that was seen', async () => {
    const process = await started()
    const lease = await redis.direct.get(keys.indexLease)
    await expect.poll(() => redis.direct.get(keys.indexLease)).not.toBe(lease)
    await process.index.link.look()
    await stopAll()
    await redis.direct.set(keys.indexLease, lease ?? '', 'PX', 60_000)
    await process.index.link.look()
    expect((await process.index.read([])).from).toBe('source')
  })

  it('but an answer that came while the process stood still for longer than a command may take costs no belief', async () => {
    const patient = redis.client.duplicate({ commandTimeout: 100 })
    try {
      const process = await started(patient)
      const read = process.index.read([]).catch(() => undefined)
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
      const until = performance.now() + 200
      while (performance.now() < until);
      await read
      await expect.poll(() => process.index.trusted, { timeout: 100, interval: 1 }).toBe(true)
    } finally {
      patient.disconnect()
    }
  })
})

describe('an edit', () => {
  it('is not live on a server that has no lease', async () => {
    const process = await started()
    await stopAll()
    await redis.direct.del(keys.indexLease)
    expect(await process.publisher.publish([price(1, await setPrice(1))])).toBe(false)
  })

  it('is not live when a new term has begun since the index took it', async () => {
    const process = await started()
    await stopAll()
    await database.db.indexTerm.update({ where: { id: 1 }, data: { term: { increment: 1 } } })
    expect(await process.publisher.publish([price(1, await setPrice(1))])).toBe(false)
  })

  it('is not live while another Postgres answers than the one that the term began with', async () => {
    const process = await started()
    await stopAll()
    await database.db.indexTerm.update({ where: { id: 1 }, data: { source: 'another' } })
    expect(await process.publisher.publish([price(1, await setPrice(1))])).toBe(false)
  })

  it('is live again in the new term, though its version did not change', async () => {
    const process = await started()
    const version = await setPrice(1)
    await redis.direct.flushdb()
    await expect.poll(() => process.publisher.publish([price(1, version)])).toBe(true)
    expect((await term()).term).toBe(2n)
  })
})

describe('a reader without belief', () => {
  /** One process is cut off; the others believe the index. */
  async function cutOff(): Promise<{ alone: Coherence; fleet: Coherence }> {
    const direct = redis.direct.duplicate({ enableOfflineQueue: true })
    const fleet = await started(direct)
    const alone = await started()
    await alone.keeper.stop()
    await redis.proxy.cut()
    await disbelieved(alone)
    return { alone, fleet }
  }

  it('shows what Postgres has, once it is in the index that others read', async () => {
    const { alone, fleet } = await cutOff()
    const version = await setPrice(3)
    expect(await versionIn(alone, 3)).toBe(version)
    expect(await fleet.index.held([price(3, 0)])).toEqual([version])
  })

  it('shows it without that once no process can believe the index any more, and not before', async () => {
    const { alone, fleet } = await cutOff()
    await versionIn(alone, 4)
    await fleet.keeper.stop()
    const stopped = performance.now()
    const version = await setPrice(4)
    expect(await versionIn(alone, 4)).toBe(version)
    expect(performance.now() - stopped).toBeGreaterThan(waitMs - LEASE_MS)
    expect(await fleet.index.held([price(4, 0)])).not.toEqual([version])
    const again = performance.now()
    await versionIn(alone, 4)
    expect(performance.now() - again).toBeLessThan(LEASE_MS)
  })

  it('shows nothing while it is not known what another Postgres has lost', async () => {
    const { alone, fleet } = await cutOff()
    await fleet.keeper.stop()
    await database.db.indexTerm.update({ where: { id: 1 }, data: { source: 'another' } })
    await expect(versionIn(alone, 5)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE', retryable: true })
  })
})

describe('a Postgres that lost commits', () => {
  it('gets versions above those that were shown, also where a number was used again', async () => {
    const process = await started()
    const untouched = await setPrice(3)
    const lost = (await setPrice(1)) + 7
    await process.publisher.publish([price(1, lost), price(2, 1), price(3, untouched)])
    await expect.poll(() => database.db.outbox.count({ where: { indexedAt: null } })).toBe(0)
    await stopAll()
    await database.db.indexTerm.update({ where: { id: 1 }, data: { source: 'another' } })
    const reused = await setPrice(2)
    await process.publisher.publish([price(2, reused)])
    process.keeper.start()
    await believedAgain(process)
    const rows = await database.db.price.findMany({
      where: { productId: { in: [1, 2, 3] } },
      orderBy: { productId: 'asc' },
    })
    const versions = rows.map(({ version }) => Number(version))
    expect(versions[0]).toBeGreaterThan(lost)
    expect(versions[1]).toBeGreaterThan(reused)
    expect(versions[2]).toBe(untouched)
    expect(await process.index.held([1, 2, 3].map((id) => price(id, 0)))).toEqual(versions)
    expect(await term()).toMatchObject({ reason: 'postgres-changed' })
  })
})

describe('a tag without a version', () => {
  it('outdates what was made in an earlier term, when it is revalidated in a later one', async () => {
    const process = await started()
    for (let i = 0; i < 5; i++) await process.publisher.revalidate(['posts'])
    const made = await process.index.renderStart()
    await stopAll()
    await redis.direct.del(keys.indexLease)
    await redis.direct.set(keys.head, 3) // a replica that had not heard of the last ones
    process.keeper.start()
    await believedAgain(process)
    const dependencies = dependenciesOf(['posts'])
    expect(judge(dependencies, made, await process.index.read(['posts']))).toBe('fresh')
    await process.publisher.revalidate(['posts'])
    expect(judge(dependencies, made, await process.index.read(['posts']))).toBe('stale')
  })
})
