/** Bodies beside the index: on a server of their own that evicts, and on the index' own, which must not run full because of them. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { versionSource } from '#lib/catalog/coherence.ts'
import { BODY_ROOM, createCoherence, keys, type Coherence, usedShare } from '#lib/coherence/index.ts'
import { KEY_PATTERNS } from '#lib/coherence/protocol/keys.ts'
import { dependenciesOf } from '#lib/coherence/protocol/freshness.ts'
import { renderStart } from '#lib/coherence/render/renderStart.ts'
import { bodyRoomCheck } from '#lib/observability/monitor/checks/bodyRoomCheck.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { redisKeys } from '#lib/platform/redisKeys.ts'
import { redisNode, type RedisNode } from '../support/redisNode.ts'

/** No packing makes them smaller. */
const BODY_BYTES = 10_000
const PRODUCT = 1
const PAGES = 400
/** Bytes, on the server that bodies share with the index: for half of them. */
const ROOM = 5 * 1_024 * 1_024

let database: SeededDatabase
let index: RedisNode
let bodies: RedisNode
const started: Coherence[] = []

beforeAll(async () => {
  database = await seededDatabase(30)
  index = await redisNode(['save ""', 'maxmemory-policy noeviction'])
  bodies = await redisNode(['save ""', 'maxmemory 5mb', 'maxmemory-policy allkeys-lfu'])
})
afterAll(async () => {
  await Promise.all(started.map(({ keeper }) => keeper.stop()))
  await Promise.all([index.close(), bodies.close()])
  await database.drop()
})

/** An instance that holds nothing itself: each read asks Redis. */
async function instance(cache: RedisNode): Promise<Coherence> {
  const coherence = createCoherence({
    indexRedis: index.client,
    cacheRedis: cache.client,
    source: versionSource(() => database.db),
    buildId: () => 'bodies',
    maxBytes: 1_000,
    leaseMs: 500,
  })
  started.push(coherence)
  await vi.waitUntil(async () => {
    await coherence.index.connect()
    return coherence.index.trusted
  }, 20_000)
  return coherence
}

const pathOf = (n: number) => `/en/products/${n}`

async function put({ index: versions, pages }: Coherence, n: number, shown: string): Promise<void> {
  const { version } = await database.db.price.findUniqueOrThrow({ where: { productId: PRODUCT } })
  const tag = `price:${PRODUCT}`
  await pages.put(pathOf(n), {
    ...(await renderStart(versions)),
    ttl: 600,
    dependencies: dependenciesOf([tag, `${tag}@${version}`]),
    value: {
      content: { kind: 'OTHER', value: `${shown} ${randomBytes(BODY_BYTES).toString('hex')}` },
      cacheControl: undefined,
    },
  })
}

const shownBy = async ({ pages }: Coherence, n: number) => {
  const content = (await pages.get(pathOf(n)))?.entry.value.content
  return content?.kind === 'OTHER' ? String(content.value).split(' ')[0] : undefined
}

/** The monitor's alerts about the server of the index, where bodies are too. */
async function check(): Promise<string[]> {
  const found = await bodyRoomCheck.run({ cacheRedis: index.client }, async () => undefined)
  return found.map(({ summary }) => summary)
}

test('evicts bodies when they are more than their Redis may hold: those are made again, and the index keeps all of its keys', async () => {
  const shop = await instance(bodies)
  await put(shop, 0, 'page-0')
  await shownBy(shop, 0)
  const tags = await index.client.keys(`${keys.tagPrefix}*`)
  expect(tags).toContain(keys.tag(`price:${PRODUCT}`))
  for (let n = 0; n < PAGES; n++) await put(shop, n, `page-${n}`)

  expect(Number(/evicted_keys:(\d+)/.exec(await bodies.client.info('stats'))?.[1])).toBeGreaterThan(0)
  const shown = await Promise.all(Array.from({ length: PAGES }, (_, n) => shownBy(shop, n)))
  const gone = shown.findIndex((text) => text === undefined)
  expect(gone, 'one was evicted').toBeGreaterThanOrEqual(0)
  expect(shown.filter((text, n) => text !== undefined && text !== `page-${n}`)).toEqual([])
  await put(shop, gone, 'again')
  expect(await shownBy(shop, gone)).toBe('again')

  expect(await index.client.keys(KEY_PATTERNS.bodies), 'bodies beside the index').toEqual([])
  expect(await index.client.keys(`${keys.tagPrefix}*`)).toEqual(expect.arrayContaining(tags))
  expect(await usedShare(bodies.client), 'a server that evicts has no mark').toBe(0)
})

test('leaves the index room on a server that they share: no body above the first mark, none left above the second', async () => {
  const shop = await instance(index)
  const before = Number(/used_memory:(\d+)/.exec(await index.client.info('memory'))?.[1])
  await index.client.config('SET', 'maxmemory', before + ROOM)
  for (let n = 0; n < PAGES; n++) await put(shop, n, `page-${n}`)
  const written = (await index.client.keys(`${keys.bodyPrefixes[0]}*`)).length
  expect(written).toBeGreaterThan(10)
  expect(written, 'the rest was not written').toBeLessThan(PAGES * 0.9)
  const share = await usedShare(index.client)
  expect(share).toBeGreaterThanOrEqual(BODY_ROOM.writeBelow)
  expect(share).toBeLessThan(BODY_ROOM.clearAbove)
  expect(await check()).toEqual([expect.stringMatching(/^Redis uses 8\d % .* are not written any more/)])

  // Other keys than bodies go on to grow: a queue, say.
  while ((await usedShare(index.client)) < BODY_ROOM.clearAbove)
    await index.client.rpush(`${redisKeys.queuePrefix}:test`, randomBytes(20_000))
  expect(await check()).toEqual([expect.stringContaining('All bodies of pages were thrown away')])
  expect(await index.client.keys(`${keys.bodyPrefixes[0]}*`)).toEqual([])
  expect(await check(), 'there is room again').toEqual([])
  await vi.waitFor(async () => {
    await put(shop, 1, 'again')
    expect(await shownBy(shop, 1), 'once it has looked again').toBe('again')
  }, 10_000)
  expect(shop.index.trusted, 'no write of the index was refused').toBe(true)
})
