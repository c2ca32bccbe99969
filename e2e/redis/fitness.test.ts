/** The shop's sentences about a Redis that cannot keep its data. */
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterEach, expect, test, vi } from 'vitest'
import { createRedis } from '#lib/platform/redisClient.ts'
import { reportUnfitRedis, unfitRedis } from '#lib/platform/redisFitness.ts'
import { processSingleton } from '#lib/platform/process/processSingleton.ts'
import { indexRedis } from '#lib/platform/redis.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { checkRedis } from '../../tools/services/external.ts'
import { redisNode, type RedisNode } from '../support/redisNode.ts'

let node: RedisNode | undefined
afterEach(() => node?.close())

async function unfit(variable: 'REDIS_URL' | 'CACHE_REDIS_URL', settings: string[]) {
  node = await redisNode(settings)
  const url = `redis://127.0.0.1:${node.port}`
  const redis = createRedis(url, 'test', { withinMs: 1_000, once: true })
  await redis.connect()
  try {
    return await unfitRedis(variable, url, redis)
  } finally {
    redis.disconnect()
  }
}

test.each([
  ['an append-only file', ['save ""', 'appendonly yes']],
  ['save points', ['save 3600 1']],
  ['a managed server that says nothing of its save points', ['save ""', 'rename-command CONFIG ""']],
])('has nothing against %s', async (_title, settings) => {
  expect(await unfit('REDIS_URL', settings)).toEqual([])
})

test('warns of a Redis that writes nothing to disk, and says what that costs', async () => {
  expect(await unfit('REDIS_URL', ['save ""'])).toEqual([
    { level: 'warn', sentence: expect.stringMatching(/writes nothing to disk: each time it restarts.*appendonly yes/) },
  ])
})

test('asks neither for the cache alone: bodies are rendered again', async () => {
  expect(await unfit('CACHE_REDIS_URL', ['save ""', 'maxmemory-policy allkeys-lru'])).toEqual([])
})

test('npm start goes on with the warning, and refuses eviction', async () => {
  node = await redisNode(['save ""'])
  const url = `redis://127.0.0.1:${node.port}`
  expect(await checkRedis('REDIS_URL', url)).toEqual([expect.stringContaining('writes nothing to disk')])
  await node.client.config('SET', 'maxmemory-policy', 'volatile-lru')
  await expect(checkRedis('REDIS_URL', url)).rejects.toThrow('has maxmemory-policy volatile-lru and would drop jobs')
})

test('a web instance or worker logs the same sentences once, and again when another server answers otherwise', async () => {
  node = await redisNode(['save ""', 'maxmemory-policy allkeys-lru'])
  stubEnvironment({ databaseUrl: 'postgresql://127.0.0.1/none', redisUrl: `redis://127.0.0.1:${node.port}` })
  const lines: { level: number; msg: string }[] = []
  const sink = new Writable({
    write(chunk: Buffer, _encoding, next) {
      const { level, msg } = JSON.parse(String(chunk))
      if (/maxmemory-policy|to disk/.test(msg)) lines.push({ level, msg })
      next()
    },
  })
  processSingleton('logger', () => pino({ level: 'info' }, sink))
  const { error, warn } = pino.levels.values
  const both = [
    { level: error, msg: expect.stringContaining('maxmemory-policy allkeys-lru') },
    { level: warn, msg: expect.stringContaining('writes nothing to disk') },
  ]
  reportUnfitRedis(indexRedis(), indexRedis())
  await vi.waitFor(() => expect(lines).toEqual(both), 10_000)
  const again = async () => {
    indexRedis().disconnect(true)
    await vi.waitUntil(() => indexRedis().status !== 'ready', 10_000)
    await vi.waitUntil(() => indexRedis().status === 'ready', 10_000)
  }
  await again()
  await node.client.config('SET', 'maxmemory-policy', 'noeviction')
  await again()
  await vi.waitFor(() => expect(lines).toEqual([...both, both[1]]), 10_000)
  indexRedis().disconnect()
  vi.unstubAllEnvs()
})
