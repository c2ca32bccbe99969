/** Incident 6: the format of keys changed on the side of the readers only; deletes answered 0, and no one looked. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { appliedBy } from '#lib/delivery/appliedPosition.ts'
import { invalidate } from '#lib/delivery/invalidation.ts'
import { PageSamples } from '#lib/delivery/readBack.ts'
import { driftCheck } from '#lib/observability/monitor/checks/driftCheck.ts'
import type { MonitorContext } from '#lib/observability/monitor/context.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { type InvalidationQueue, openInvalidationQueue } from '#lib/queue/invalidationQueue.ts'
import {
  commitPrice,
  KernelInstance,
  kernelInstance,
  kernelStores,
  type KernelStores,
  versionInPostgres,
} from './story/kernel.ts'
import { recordStory, Timeline } from './story/story.ts'

const PRODUCT = 1
const READS = 20
/** Milliseconds within which a change must be in every layer; the monitor acts from half of them on. A minute in a shop. */
const BUDGET_MS = 400
/** Put before each key by a process that spells them otherwise. */
const OTHER_SPELLING = 'v2:'

let stores: KernelStores
/** The fleet as it is, a web instance that spells keys otherwise, and an invalidator that does. */
let fleet: KernelInstance
let reader: KernelInstance
let invalidator: KernelInstance
let web: Server
let webUrl: string
let queue: InvalidationQueue

beforeAll(async () => {
  stores = await kernelStores()
  const { host, port, db } = stores.redis.direct.options
  stubEnvironment({ databaseUrl: stores.database.url, redisUrl: `redis://${host}:${port}/${db}` })
  queue = openInvalidationQueue()
  fleet = await kernelInstance(stores)
  reader = new KernelInstance(stores, { keyPrefix: OTHER_SPELLING })
  invalidator = new KernelInstance(stores, { keyPrefix: OTHER_SPELLING })
  await vi.waitUntil(() => invalidator.redis.status === 'ready' && reader.redis.status === 'ready', 10_000)
  web = createServer((request, response) => {
    request.resume()
    appliedBy(fleet.coherence.index).then(
      (applied) => response.end(JSON.stringify({ applied, pages: [] })),
      () => response.destroy(),
    )
  }).listen(0, '127.0.0.1')
  await once(web, 'listening')
  const address = web.address()
  webUrl = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
})
afterAll(async () => {
  vi.unstubAllEnvs()
  web.closeAllConnections()
  web.close()
  await queue.close()
  await Promise.all([fleet, reader, invalidator].map((instance) => instance.stop()))
  await stores.close()
})

const contextOf = ({ coherence, redis }: KernelInstance): MonitorContext => ({
  db: stores.database.db,
  source: coherence.ports.source,
  index: coherence.index,
  publisher: coherence.publisher,
  cacheRedis: redis,
  indexRedis: redis,
  webUrls: [webUrl],
  samples: new PageSamples(),
  internalSecret: 'another secret of the tests, long enough',
  budgetMs: BUDGET_MS,
  intervalMs: 1_000,
  locales: ['en'],
  queue,
  hasEdge: false,
})

async function readAgainAndAgain(shown: () => Promise<number>, timeline: Timeline): Promise<void> {
  const current = await versionInPostgres(stores, PRODUCT)
  for (let read = 0; read < READS; read++) timeline.read((await shown()) >= current ? 'current' : 'stale')
}

/** Readers spell `v2:{id}`, the writer deletes `{id}`. @returns what the delete answered */
async function naiveEdit(timeline: Timeline): Promise<number> {
  const { direct: server } = stores.redis
  const shown = async () => {
    const kept = await server.get(`naive:v2:${PRODUCT}`)
    if (kept !== null) return Number(kept)
    const version = await versionInPostgres(stores, PRODUCT)
    await server.set(`naive:v2:${PRODUCT}`, version, 'EX', 3_600)
    return version
  }
  await readAgainAndAgain(shown, timeline)
  await commitPrice(stores, PRODUCT)
  const deleted = await server.del(`naive:${PRODUCT}`)
  timeline.mark(`edit; DEL of another spelling answers ${deleted}, which no one reads`)
  await readAgainAndAgain(shown, timeline)
  return deleted
}

test('reports an invalidation that hits nothing when two processes spell keys in two ways', async ({ task }) => {
  const [naive, ours] = [new Timeline(), new Timeline()]
  expect(await naiveEdit(naive)).toBe(0)
  expect(naive.count('stale')).toBe(READS)

  const { db } = stores.database
  const shown = () => reader.shown(PRODUCT)
  await readAgainAndAgain(shown, ours)
  expect(reader.coherence.index.trusted, 'a reader of other keys finds no lease').toBe(false)

  const { version } = await commitPrice(stores, PRODUCT)
  const row = await db.outbox.findFirstOrThrow({ where: { topic: 'price', versions: { equals: [BigInt(version)] } } })
  const job = { id: 'story', attempt: 1 }
  await expect(invalidate(contextOf(invalidator), [String(row.id)], job)).rejects.toMatchObject({
    code: 'NOT_VERIFIED',
    message: expect.stringContaining('not fresh yet: index'),
  })
  ours.mark('edit; the invalidation hits nothing, and fails: NOT_VERIFIED')
  expect(await db.outbox.findUnique({ where: { id: row.id } })).toMatchObject({
    doneAt: null,
    lastError: expect.stringContaining('index'),
  })
  expect(await db.invalidation.findFirst({ where: { jobId: job.id, layer: 'index' } })).toMatchObject({
    verifiedAt: null,
  })
  await readAgainAndAgain(shown, ours)

  const monitor = driftCheck()
  const findings = await vi.waitUntil(
    async () => {
      const found = await monitor.run(contextOf(fleet), async () => undefined)
      return found.length > 0 && found
    },
    { timeout: 10_000, interval: 20 },
  )
  expect(findings).toMatchObject([{ kind: 'drift-repaired', detail: { productId: PRODUCT } }])
  ours.mark('alert: drift-repaired; the monitor has delivered it')
  await readAgainAndAgain(shown, ours)
  expect(ours.count('stale')).toBe(0)
  recordStory({
    number: 6,
    lesson: task.name,
    naive,
    ours,
    figures: [
      `old prices in ${READS} reads after the edit: ${naive.count('stale')}, and ${ours.count('stale')}`,
      `reported by: nothing, and the job, the ledger and an alert within a budget of ${BUDGET_MS} ms`,
    ],
  })
})
