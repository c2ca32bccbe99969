/** A Redis that refuses what a cluster refuses: commands and scripts whose keys lie in several slots. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Redis } from 'ioredis'
import { EntryStore } from '#lib/coherence/store/entryStore.ts'
import { dependenciesOf } from '#lib/coherence/protocol/freshness.ts'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { defineLeaseCommand } from '#lib/coherence/redis/commands.ts'
import { acquireLease } from '#lib/coherence/render/renderLease.ts'
import { readPriceFacts } from '#lib/catalog/prices/livePrices.ts'
import { PriceCache } from '#lib/catalog/prices/priceCache.ts'
import { renderStart } from '#lib/coherence/render/renderStart.ts'
import { createCoherence } from '#lib/coherence/index.ts'
import { versionSource } from '#lib/catalog/coherence.ts'
import { openInvalidationQueue } from '#lib/queue/invalidationQueue.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { redisProgram } from '../../tools/services/redisProgram.ts'
import { freePort } from '../support/freePort.ts'
import { expect, test } from '../support/test.ts'

let folder: string
let server: ChildProcess
let redis: Redis
let database: SeededDatabase

test.beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'evergreen-cluster-'))
  const port = await freePort()
  server = spawn(await redisProgram(AbortSignal.timeout(60_000)), [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--cluster-enabled',
    'yes',
    '--save',
    '',
    '--dir',
    folder,
  ])
  redis = new Redis({ port, enableAutoPipelining: true, retryStrategy: () => 50 })
  redis.on('error', () => undefined)
  await expect.poll(() => redis.status).toBe('ready')
  await redis.cluster('ADDSLOTSRANGE', 0, 16_383)
  await expect.poll(() => redis.cluster('INFO')).toContain('cluster_state:ok')
  database = await seededDatabase()
})
test.afterAll(async () => {
  redis.disconnect()
  const exited = once(server, 'exit')
  server.kill('SIGTERM')
  await exited
  rmSync(folder, { recursive: true, force: true })
  await database.drop()
})

test('it refuses keys of two slots', async () => {
  await expect(redis.mget(keys.page('one', 'page'), keys.page('another', 'page'))).rejects.toThrow(/CROSSSLOT/)
})

test('the index, the page cache, the price cache, leases and the queue work on a Redis Cluster', async () => {
  const coherence = createCoherence({
    indexRedis: redis,
    cacheRedis: redis,
    source: versionSource(() => database.db),
    buildId: () => 'cluster',
    maxBytes: 1_000_000,
  })
  const { index, publisher } = coherence
  await index.connect()
  expect(index.trusted).toBe(true)
  await publisher.publish(Array.from({ length: 50 }, (_, i) => ({ kind: 'price' as const, id: i + 1, version: 2 })))
  await publisher.revalidate(['price:1', 'price:2', '_N_T_/en'])
  const { states } = await index.read(['price:1', 'price:50', 'product:3', '_N_T_/en'])
  expect([...states.values()].map(({ version }) => version).slice(0, 2)).toEqual([2, 2])

  const store = new EntryStore<string>({
    name: 'cluster',
    redis,
    index,
    redisKey: (key) => keys.page('cluster', key),
    maxBytes: 1_000_000,
    sizeOf: (value) => value.length,
    isValue: (value) => typeof value === 'string',
  })
  await store.put('page', {
    ...(await renderStart(index)),
    value: 'body',
    ttl: 60,
    dependencies: dependenciesOf(['price:1@2', 'product:1@9', '_N_T_/en']),
  })
  expect((await store.get('page'))?.entry.value).toBe('body')

  const prices = new PriceCache({
    readRows: (ids) => readPriceFacts(ids, database.db),
    redis: () => redis,
    coherence: () => coherence,
  })
  expect(await prices.current([51, 52, 53])).toHaveLength(3)
  expect(await prices.current([51, 52, 53])).toHaveLength(3)

  defineLeaseCommand(redis)
  const lease = await acquireLease(redis, keys.lease('cluster', 'page'))
  await lease?.release()
  expect(await redis.exists(keys.lease('cluster', 'page'))).toBe(0)

  const connection = redis.duplicate()
  const queue = openInvalidationQueue(connection)
  await queue.add('invalidate', { outboxIds: ['1'] })
  expect(await queue.count()).toBe(1)
  await queue.close()
  connection.disconnect()
})
