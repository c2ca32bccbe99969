/** Incident 10: each version of a value had a key of its own and no TTL, and they filled Redis fifteen times over. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clearSuperseded } from '#lib/coherence/index.ts'
import { dependenciesOn } from '#lib/coherence/protocol/freshness.ts'
import type { VersionedTag } from '#lib/coherence/tags.ts'
import { kernelInstance, kernelStores, type KernelStores, redisServer } from './story/kernel.ts'
import { recordStory, Timeline } from './story/story.ts'

const PRODUCTS = 250
/** The products of which a reader asks for each new version. */
const READ = 20
const EDITS = 10_000
const ROUNDS = EDITS / PRODUCTS
/** Bytes of a page, which no packing makes smaller. */
const PAGE_BYTES = 3_000
/** Bytes that Redis may use for this: the keys of all versions are fifteen times as much. */
const ROOM = (EDITS * PAGE_BYTES) / 15
/** Redis counts what its connections use. */
const CONNECTIONS = 1_000_000

let stores: KernelStores
const body = randomBytes((PAGE_BYTES * 3) / 4).toString('base64')

beforeAll(async () => {
  stores = await kernelStores(PRODUCTS, redisServer)
})
afterAll(() => stores.close())

const used = async () => Number(/used_memory:(\d+)/.exec(await stores.redis.direct.info('memory'))?.[1])

/** Empties the server, and gives it room for a fifteenth of what the naive variant writes. */
async function withLittleRoom(): Promise<void> {
  await stores.redis.direct.flushall()
  await stores.redis.direct.config('SET', 'maxmemory', Math.round((await used()) + ROOM + CONNECTIONS))
}

/** A new price of each product, in one statement. */
async function editAll(): Promise<VersionedTag[]> {
  const { rows } = await stores.pool.query<{ id: number; version: string }>(
    'UPDATE prices SET amount_cents = amount_cents + 1 RETURNING product_id AS id, version',
  )
  return rows.map(({ id, version }) => ({ kind: 'price', id, version: Number(version) }))
}

interface Kept {
  /** Keys after each round. */
  readonly keys: number[]
  readonly refused: number
}

/** @param store keeps what is there of each version @returns whether Redis took it */
async function editAgainAndAgain(
  edit: () => Promise<readonly VersionedTag[]>,
  store: (versions: readonly VersionedTag[]) => Promise<boolean>,
  timeline: Timeline,
): Promise<Kept> {
  const kept: Kept & { refused: number } = { keys: [], refused: 0 }
  for (let round = 1; round <= ROUNDS; round++) {
    const taken = await store(await edit())
    if (!taken && kept.refused++ === 0) timeline.mark(`Redis is full after ${round * PRODUCTS} edits (OOM)`)
    timeline.read(taken ? 'current' : 'refused')
    kept.keys.push(await stores.redis.direct.dbsize())
  }
  timeline.mark(`${EDITS} edits: ${kept.keys.at(-1)} keys`)
  return kept
}

/** A key for each version, written by the writer. */
async function naive(timeline: Timeline): Promise<Kept> {
  const store = async (versions: readonly VersionedTag[]) => {
    const commands = stores.redis.direct.pipeline()
    for (const { id, version } of versions) commands.set(`naive:${id}:v${version}`, body)
    return (await commands.exec())?.every(([error]) => error === null) ?? false
  }
  let version = 0
  const edit = async () => {
    version++
    return Array.from({ length: PRODUCTS }, (_, i) => ({ kind: 'price', id: i + 1, version }))
  }
  return editAgainAndAgain(edit, store, timeline)
}

async function ours(timeline: Timeline) {
  const instance = await kernelInstance(stores)
  const { pages, publisher } = instance.coherence
  const { direct: server } = stores.redis
  const store = async (versions: readonly VersionedTag[]) => {
    const isLive = await publisher.publish(versions)
    const page = await instance.entry([], body)
    const put = (version: VersionedTag) =>
      pages.put(`/en/products/${version.id}`, { ...page, dependencies: dependenciesOn([version]) })
    await Promise.all(versions.filter(({ id }) => id <= READ).map(put))
    await clearSuperseded(instance.redis, versions)
    return isLive
  }
  try {
    const kept = await editAgainAndAgain(editAll, store, timeline)
    const names = await server.keys('*')
    const lifetimes = await Promise.all(names.map((name) => server.ttl(name)))
    const forEver = names.filter((_name, i) => lifetimes[i] === -1)
    return { ...kept, forEver }
  } finally {
    await instance.stop()
  }
}

test('leaves a bounded number of keys after ten thousand edits', { timeout: 60_000 }, async ({ task }) => {
  const [naiveRun, ourRun] = [new Timeline(), new Timeline()]
  await withLittleRoom()
  const before = await naive(naiveRun)
  expect(before.refused, 'Redis is full').toBeGreaterThan(ROUNDS / 2)

  await withLittleRoom()
  const after = await ours(ourRun)
  expect(after.refused).toBe(0)
  expect(after.keys.at(-1), 'as many as after the second round').toBeLessThanOrEqual(after.keys[1] ?? 0)
  expect(after.keys.at(-1), 'of each product a tag, a page and what it was made from').toBeLessThanOrEqual(
    PRODUCTS + 2 * READ + 10,
  )
  expect(after.forEver.length, 'keys of the index as a whole').toBeLessThanOrEqual(10)
  recordStory({
    number: 10,
    lesson: task.name,
    naive: naiveRun,
    ours: ourRun,
    figures: [
      `keys after ${EDITS} edits of ${PRODUCTS} products: ${before.keys.at(-1)} and Redis full, and ${after.keys.at(-1)}`,
      `rounds of ${PRODUCTS} edits that Redis refused: ${before.refused} of ${ROUNDS}, and ${after.refused}`,
    ],
  })
})
