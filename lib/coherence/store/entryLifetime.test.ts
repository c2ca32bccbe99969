import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { testCoherence } from '#lib/catalog/testing/coherence.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import type { Coherence } from '../coherence.ts'
import type { VersionIndex } from '../index/versionIndex.ts'
import { ENTRY_TTL_S, keys } from '../protocol/keys.ts'
import { textOf, textStore } from '../testing/texts.ts'
import { noteMadeFrom } from './madeFrom.ts'

let database: SeededDatabase
let redis: TestRedis
let coherence: Coherence
let index: VersionIndex

beforeAll(async () => {
  ;[database, redis] = await Promise.all([seededDatabase(2), testRedis()])
  coherence = await testCoherence(redis.client, database.db)
  ;({ index } = coherence)
})
afterAll(async () => {
  await redis.close()
  await database.drop()
})

const instance = () => textStore(redis.client, index)
const rendered = async (value: string) => {
  const { version } = await database.db.price.findUniqueOrThrow({ where: { productId: 1 } })
  return textOf(index, [`price:1@${version}`], value)
}

describe('an entry that ends soon', () => {
  it('is due for a read that comes early, and lives on where Redis keeps it for longer', async () => {
    const store = instance()
    await store.put('ends', { ...(await rendered('v1')), ttl: 2 })
    const random = vi.spyOn(Math, 'random').mockReturnValue(1e-9) // earlier than any other
    expect(await store.get('ends'), 'it was made just now, however many read it').not.toHaveProperty('due')
    await vi.waitUntil(async () => (await store.get('ends'))?.due, { timeout: 5_000, interval: 20 })
    expect(await store.get('ends')).toMatchObject({ due: true, verdict: 'fresh', layer: 'l1' })
    random.mockReturnValue(0.999)
    expect(await store.get('ends')).not.toHaveProperty('due')
    random.mockReturnValue(1e-9)
    await redis.direct.expire(keys.page('test', 'ends'), 600)
    expect(await store.get('ends')).not.toHaveProperty('due')
  })

  it('lives no longer here than in Redis', async () => {
    const store = instance()
    await store.put('short', { ...(await rendered('v1')), ttl: 2 })
    vi.spyOn(Math, 'random').mockReturnValue(0.001) // 1.4 s early
    const isDue = async () => (await store.get('short'))?.due
    await vi.waitUntil(isDue, { timeout: 5_000, interval: 20 })
    await redis.direct.pexpire(keys.page('test', 'short'), 1_500)
    expect(await isDue(), 'Redis keeps it for longer').toBeUndefined()
    const since = performance.now()
    await vi.waitUntil(async () => (await store.get('short')) === undefined, { timeout: 5_000, interval: 20 })
    expect(performance.now() - since).toBeLessThan(1_900)
  })
})

it('an entry that was made in doubt is no longer served then, as it may show what a revalidation had outdated', async () => {
  const { index, keeper, publisher } = coherence
  const store = instance()
  await store.put('part', await textOf(index, ['news'], 'old'))
  await publisher.revalidate(['news'])
  expect(await store.get('part')).toBeUndefined()
  await keeper.stop()
  await redis.direct.del(keys.indexLease)
  await index.link.look()
  const page = await textOf(index, ['news'], 'made from the old part')
  expect(await store.get('part'), 'Postgres knows of no revalidation').toMatchObject({ verdict: 'fresh' })
  await store.put('page', page)
  keeper.start()
  await expect.poll(async () => (await index.read([])).from, { timeout: 10_000 }).toBe('index')
  expect(await store.get('page')).toBeUndefined()
})

it('notes what a body was made from for a day, and no longer where other bodies are noted', async () => {
  const name = keys.madeFrom('price:1')
  await noteMadeFrom(redis.client, keys.page('a build', '/'), [['price:1', 1]])
  expect(await redis.direct.ttl(name)).toBeGreaterThanOrEqual(ENTRY_TTL_S - 1)
  await redis.direct.expire(name, 100)
  await noteMadeFrom(redis.client, keys.page('the next build', '/'), [['price:1', 1]])
  expect(await redis.direct.zcard(name)).toBe(2)
  expect(await redis.direct.ttl(name)).toBeLessThanOrEqual(100)
})

describe('an entry that is forgotten or replaced while Redis is asked', () => {
  /** `then` happens once Redis has answered, before the answer is there. */
  async function late<T>(answer: Promise<T>, then: () => Promise<void>): Promise<T> {
    const value = await answer
    await then()
    return value
  }
  const duringPttl = (then: () => Promise<void>) => {
    const ask = redis.client.pttl.bind(redis.client)
    vi.spyOn(redis.client, 'pttl').mockImplementationOnce((key) => late(ask(key), then))
  }
  const duringGet = (then: () => Promise<void>) => {
    const ask = redis.client.getBuffer.bind(redis.client)
    vi.spyOn(redis.client, 'getBuffer').mockImplementationOnce((key) => late(ask(key), then))
  }

  it('stays forgotten, and does not take the place of a newer one, where its lifetime was in question', async () => {
    const store = instance()
    vi.spyOn(Math, 'random').mockReturnValue(1e-9)
    const endsSoon = async () => {
      await store.put('ends', { ...(await rendered('v1')), ttl: 2 })
      await vi.waitUntil(async () => (await store.get('ends'))?.due, { timeout: 5_000, interval: 20 })
      await redis.direct.expire(keys.page('test', 'ends'), 600)
    }
    await endsSoon()
    duringPttl(() => store.forget('ends'))
    expect((await store.get('ends'))?.entry.value).toBe('v1')
    expect(store.peek('ends')).toBeUndefined()
    await endsSoon()
    const newer = await rendered('v2')
    duringPttl(() => store.put('ends', newer))
    await store.get('ends')
    expect(store.peek('ends')).toBe(newer)
  })

  it('stays forgotten, and does not take the place of a newer one, where it comes from Redis', async () => {
    const store = instance()
    await instance().put('shared', await rendered('v1'))
    duringGet(() => store.forget('shared'))
    expect((await store.get('shared'))?.entry.value).toBe('v1')
    expect(store.peek('shared')).toBeUndefined()
    await instance().put('shared', await rendered('v1'))
    const newer = await rendered('v2')
    duringGet(() => store.put('shared', newer))
    await store.get('shared')
    expect(store.peek('shared')).toBe(newer)
  })
})
