import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Db } from '#lib/platform/db.ts'
import { seededDatabase } from '#lib/platform/testing/catalog.ts'
import { boundedRedis, testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { dependenciesOf, judge } from '../protocol/freshness.ts'
import { keys } from '../protocol/keys.ts'
import { parseTagState } from '../protocol/tagState.ts'
import { testCoherence } from '#lib/catalog/testing/coherence.ts'
import { Publisher } from './publisher.ts'
import type { VersionIndex } from './versionIndex.ts'

let database: Awaited<ReturnType<typeof seededDatabase>>
let db: Db
let redis: TestRedis
let index: VersionIndex
let publisher: Publisher

beforeAll(async () => {
  database = await seededDatabase()
  db = database.db
  redis = await testRedis()
})
afterAll(async () => {
  await redis.close()
  await database.drop()
})
afterEach(async () => {
  await redis.proxy.heal()
})

const setPrice = (productId: number, amountMinor: number) =>
  db.price.update({ where: { productId }, data: { amountMinor } })
const versionOf = async (productId: number) =>
  Number((await db.price.findUniqueOrThrow({ where: { productId } })).version)
const inRedis = async (name: string) => parseTagState(await redis.direct.get(keys.tag(name))).version
const read = async (name: string) => (await index.read([name])).states.get(name)?.version

describe('the version index', () => {
  beforeAll(async () => {
    ;({ index, publisher } = await testCoherence(redis.client, db))
  })

  it('never lowers a version when a hundred writers arrive in random order', async () => {
    const versions = Array.from({ length: 100 }, (_, i) => 1_000 + i).toSorted(() => Math.random() - 0.5)
    await Promise.all(versions.map((version) => publisher.publish([{ kind: 'price', id: 900_001, version }])))
    expect(await read('price:900001')).toBe(1_099)
  })

  it('takes a tag that it never had, or has lost, from Postgres', async () => {
    await setPrice(1, 1_111)
    await redis.direct.unlink(keys.tag('price:1'))
    expect(await read('price:1')).toBe(await versionOf(1))
    expect(await inRedis('price:1')).toBe(await versionOf(1))
  })

  it('knows no version of a row that does not exist', async () => {
    expect(await read('price:987654')).toBe(0)
  })

  it('raises itself to what a response shows, so that the next response cannot show less', async () => {
    const shown = dependenciesOf([`price:2@${(await versionOf(2)) + 5}`])
    const start = await index.guarded.readStart()
    await publisher.raiseToAtLeast(shown, await index.read(shown.tags), start)
    expect(await read('price:2')).toBe((await versionOf(2)) + 5)
  })

  it('is not raised to what was read from a Postgres that another one has taken the place of', async () => {
    const before = await index.read(['price:2'])
    const { version = 0 } = before.states.get('price:2') ?? {}
    const raised = publisher.raiseToAtLeast(dependenciesOf([`price:2@${version + 1}`]), before, { source: 'another' })
    await expect(raised).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE', retryable: true })
    expect(await read('price:2')).toBe(version)
  })

  it('raises a row of Postgres above a version that only the index has: it was shown, and is never lowered', async () => {
    const lost = (await versionOf(4)) + 5
    await publisher.publish([{ kind: 'price', id: 4, version: lost }])
    expect(await index.reconcile(['price:4', 'price:5'])).toEqual(['price:4'])
    expect(await versionOf(4)).toBe(lost + 1)
    await expect.poll(() => read('price:4')).toBe(lost + 1) // from the outbox
  })

  it('gives every key of its tags a lifetime', async () => {
    await publisher.publish([{ kind: 'price', id: 3, version: 1 }])
    await publisher.revalidate(['_N_T_/en', 'price:3'])
    for (const key of await redis.direct.keys(`${keys.tagPrefix}*`))
      expect(await redis.direct.ttl(key)).toBeGreaterThan(0)
  })

  it('lets no gentle revalidation bring back what an earlier one expired', async () => {
    const entry = await index.renderStart()
    const dependencies = dependenciesOf(['posts'])
    await publisher.revalidate(['posts'])
    await publisher.revalidate(['posts'], 3_600)
    expect(judge(dependencies, entry, await index.read(['posts']))).toBe('stale')
    const later = await index.renderStart()
    expect(judge(dependencies, later, await index.read(['posts']))).toBe('fresh')
    await publisher.revalidate(['posts'], 3_600)
    expect(judge(dependencies, later, await index.read(['posts']))).toBe('replaceable')
  })

  it('outdates what is older than a revalidated version, and keeps what carries it, however it was raised', async () => {
    const started = () => index.renderStart()
    const made = async (version: number) =>
      [dependenciesOf(['price:900003', `price:900003@${version}`]), await started()] as const
    const [old, current] = [await made(7), await made(8)]
    const judged = async () => {
      const snapshot = await index.read(['price:900003'])
      return [old, current].map(([dependencies, provenance]) => judge(dependencies, provenance, snapshot))
    }
    await publisher.publish([{ kind: 'price', id: 900_003, version: 7 }])
    expect(await judged()).toEqual(['fresh', 'fresh'])
    await publisher.revalidate(['price:900003@8'])
    expect(await judged()).toEqual(['stale', 'fresh'])
    await publisher.revalidate(['price:900003@6+price:900003@8'])
    expect(await judged()).toEqual(['stale', 'fresh'])
    await publisher.revalidate(['price:900003'])
    expect(await judged()).toEqual(['stale', 'stale'])
  })

  it('outdates what carries a tag without a version when any version of it is revalidated', async () => {
    const made = () => index.renderStart()
    const dependencies = dependenciesOf(['price:900004'])
    await publisher.publish([{ kind: 'price', id: 900_004, version: 8 }])
    const before = await made()
    await publisher.revalidate(['price:900003@8+price:900004@8'])
    const after = await made()
    const snapshot = await index.read(['price:900004'])
    expect([before, after].map((provenance) => judge(dependencies, provenance, snapshot))).toEqual(['stale', 'fresh'])
    await publisher.publish([{ kind: 'price', id: 900_004, version: 9 }])
    expect(judge(dependencies, before, await index.read(['price:900004']))).toBe('stale')
  })

  it('hears once of tags that both handlers of Next revalidate in one turn', async () => {
    const { startedAt: before } = await index.renderStart()
    await Promise.all([publisher.revalidate(['posts', 'news']), publisher.revalidate(['posts', 'news'])])
    expect((await index.renderStart()).startedAt).toBe(before + 1)
    await Promise.all([publisher.revalidate(['posts']), publisher.revalidate(['posts'], 60)])
    expect((await index.renderStart()).startedAt, 'one of them gently').toBe(before + 3)
  })

  it('keeps the version of a tag that is revalidated, and the revalidation of one that advances', async () => {
    await publisher.publish([{ kind: 'price', id: 900_002, version: 5 }])
    await publisher.revalidate(['price:900002'])
    await publisher.publish([{ kind: 'price', id: 900_002, version: 6 }])
    const state = (await index.read(['price:900002'])).states.get('price:900002')
    expect(state?.version).toBe(6)
    expect(state?.expiredAt).toBeGreaterThan(0)
  })
})

describe('with Redis away', () => {
  it('the log has the first of many reads that could not raise the index, and the first that could', async () => {
    ;({ index } = await testCoherence(redis.client, db))
    const logged: string[] = []
    const note = (_details: object, message: string) => void logged.push(message)
    const own = new Publisher(index, { debug: note, info: note, warn: note, error: note })
    const shown = dependenciesOf([`price:9@${(await versionOf(9)) + 5}`])
    const start = await index.guarded.readStart()
    const before = await index.read(shown.tags)
    await redis.proxy.cut()
    for (let read = 0; read < 5; read += 1) await own.raiseToAtLeast(shown, before, start)
    expect(logged).toEqual(['could not raise the index to what was read'])
    await redis.proxy.heal()
    await expect.poll(async () => (await index.read(shown.tags)).from, { timeout: 10_000 }).toBe('index')
    for (let read = 0; read < 2; read += 1) await own.raiseToAtLeast(shown, before, start)
    expect(logged.slice(1)).toEqual(['the index is raised to what is read again'])
  })

  it.each(['cut', 'freeze'] as const)(
    'the index answers from Postgres (%s), and an advance fails aloud within two seconds',
    async (fault) => {
      const { db: number } = redis.client.options
      const client = await boundedRedis({ port: redis.proxy.port, db: number, commandTimeout: 500 })
      const impatient = await testCoherence(client, db)
      ;({ index, publisher } = impatient)
      try {
        await setPrice(10, 1_000 + Math.round(Math.random() * 1e6))
        await redis.proxy[fault]()
        const start = performance.now()
        await expect(publisher.publish([{ kind: 'price', id: 10, version: 99 }])).rejects.toMatchObject({
          code: 'INDEX_UNAVAILABLE',
          retryable: true,
        })
        expect(performance.now() - start).toBeLessThan(2_000)
        expect(await read('price:10')).toBe(await versionOf(10))
        await setPrice(10, 1_000 + Math.round(Math.random() * 1e6))
        expect(await read('price:10')).toBe(await versionOf(10))
      } finally {
        await redis.proxy.heal()
        await impatient.keeper.stop()
        client.disconnect()
      }
    },
  )

  it('a revalidation is refused, not swallowed', async () => {
    ;({ index, publisher } = await testCoherence(redis.client, db))
    await redis.proxy.cut()
    for (const name of ['posts', 'price:10@999'])
      await expect(publisher.revalidate([name])).rejects.toMatchObject({ code: 'INDEX_UNAVAILABLE' })
  })

  it('applies what changed during the outage before it believes Redis again', async () => {
    ;({ index, publisher } = await testCoherence(redis.client, db))
    await publisher.publish([{ kind: 'price', id: 11, version: await versionOf(11) }])
    await redis.proxy.cut()
    await setPrice(11, 4_711)
    expect(await read('price:11')).toBe(await versionOf(11))
    expect(await inRedis('price:11')).toBeLessThan(await versionOf(11))
    await redis.proxy.heal()
    await vi.waitFor(async () => {
      expect(await read('price:11')).toBe(await versionOf(11)) // at every moment until then, too
      expect(index.trusted).toBe(true)
    }, 10_000)
    expect(await inRedis('price:11')).toBe(await versionOf(11))
  })
})

describe('a Redis that restarts empty', () => {
  it('makes no old entry look fresh, not even one without a version', async () => {
    ;({ index, publisher } = await testCoherence(redis.client, db))
    const made = await index.renderStart()
    const priced = dependenciesOf([`price:12@${await versionOf(12)}`])
    const plain = dependenciesOf(['_N_T_/about'])
    expect(judge(priced, made, await index.read(priced.tags))).toBe('fresh')
    expect(judge(plain, made, await index.read(plain.tags))).toBe('fresh')
    await setPrice(12, 1_212)
    await redis.direct.flushdb()
    expect(judge(priced, made, await index.read(priced.tags)), 'from Postgres').toBe('stale')
    await expect.poll(async () => (await index.read([])).from).toBe('index')
    expect(judge(priced, made, await index.read(priced.tags))).toBe('stale')
    expect(judge(plain, made, await index.read(plain.tags))).toBe('stale')
  })
})

describe('a process that follows the log of the index', () => {
  const byHand = (version: number) => redis.direct.set(keys.tag('category:900010'), version)
  const category = (version: number) => ({ kind: 'category', id: 900_010, version })
  const entries = () => redis.direct.llen(keys.log)

  it('asks again only for tags that have changed', async () => {
    ;({ index, publisher } = await testCoherence(redis.client, db))
    const other = await testCoherence(redis.client, db)
    await publisher.publish([category(3)])
    expect(await read('category:900010')).toBe(3)
    await byHand(4) // past the log
    expect(await read('category:900010')).toBe(3)
    await other.publisher.publish([{ ...category(1), id: 900_011 }])
    expect(await read('category:900010')).toBe(3)
    await other.publisher.publish([category(5)])
    expect(await read('category:900010')).toBe(5)
    await other.publisher.revalidate(['posts', 'category:900010'])
    expect((await index.read(['category:900010'])).states.get('category:900010')?.expiredAt).toBeGreaterThan(0)
  })

  it('asks for everything again after a change of many tags', async () => {
    await byHand(6)
    await publisher.publish(Array.from({ length: 101 }, (_, i) => ({ ...category(1), id: 910_000 + i })))
    expect(await read('category:900010')).toBe(6)
  })

  it('gives its readers the same states while nothing has changed', async () => {
    const tags = ['category:900010', 'posts']
    const { states } = await index.read(tags)
    expect((await index.read(tags)).states).toBe(states)
    await delay(1.2 * index.link.times.refreshMs)
    expect((await index.read(tags)).states, 'time alone changes none').toBe(states)
    await publisher.publish([{ ...category(9), id: 900_011 }])
    expect((await index.read(tags)).states, 'of these tags').toBe(states)
    await publisher.publish([category(9)])
    expect((await index.read(tags)).states).not.toBe(states)
  })

  it('asks for everything again when the log was trimmed before it looked', async () => {
    const { publisher: short } = await testCoherence(redis.client, db, { logLength: 4 })
    for (let version = 20; version < 30; version++) await short.publish([{ ...category(version), id: 900_011 }])
    expect(await entries()).toBe(4)
    await byHand(99)
    expect(await read('category:900010'), 'it missed six changes').toBe(99)
  })
})
