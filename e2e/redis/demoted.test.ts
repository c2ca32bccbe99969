/** A primary that was demoted behind a proxy, which keeps its connections open and leads new ones to the new primary. */
import { once } from 'node:events'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { keys, type RedisClient } from '#lib/coherence/index.ts'
import { connectRedis, reconnectRedis } from '#lib/platform/redis.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { redisNode, type RedisNode } from '../support/redisNode.ts'

const WITHIN_MS = 15_000
const KEY = keys.tag('price:1')

let [before, after]: (RedisNode | undefined)[] = []
let proxy: Server
let leadsTo: number
const sockets = new Set<Socket>()
const clients: RedisClient[] = []

beforeEach(async () => {
  ;[before, after] = await Promise.all([redisNode(['save ""']), redisNode(['save ""'])])
  leadsTo = before.port
  proxy = createServer((client) => {
    const server = createConnection(leadsTo, '127.0.0.1')
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from)
      from.on('error', () => undefined)
      from.on('close', () => to.destroy())
      from.pipe(to)
    }
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  stubEnvironment({ databaseUrl: 'postgresql://127.0.0.1/none', redisUrl: `redis://127.0.0.1:${before.port}` })
}, 30_000)
afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect()
  for (const socket of sockets) socket.destroy()
  proxy.close()
  vi.unstubAllEnvs()
  await Promise.all([before?.close(), after?.close()])
})

async function connected(name: string, use: Parameters<typeof connectRedis>[2]): Promise<RedisClient> {
  const address = proxy.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  const client = connectRedis(`redis://127.0.0.1:${address.port}`, name, use)
  clients.push(client)
  await vi.waitUntil(() => client.status === 'ready', 10_000)
  return client
}

/** The old primary follows the new one, and no connection is closed. */
async function demote(): Promise<void> {
  if (!before || !after) throw new Error('no servers')
  await before.client.set(KEY, 'old')
  await after.client.set(KEY, 'new')
  leadsTo = after.port
  await before.client.config('SET', 'replica-serve-stale-data', 'yes')
  await before.client.replicaof('127.0.0.1', 1)
}

test('a write that the old primary refuses is the last that it gets', async () => {
  const client = await connected('writer', { withinMs: 1_000, pipelined: true })
  await demote()
  await expect(client.set(KEY, 'edited')).rejects.toThrow('READONLY')
  await vi.waitFor(() => client.set(KEY, 'edited'), { timeout: WITHIN_MS })
  expect(await after?.client.get(KEY)).toBe('edited')
})

test('a worker does not even notice: its command is sent again, to the new primary', async () => {
  const client = await connected('worker', {})
  await demote()
  expect(await client.set(KEY, 'done')).toBe('OK')
  expect(await after?.client.get(KEY)).toBe('done')
})

test('a worker that waits for a job goes on waiting at the new primary', async () => {
  const worker = await connected('worker', {})
  if (!(worker instanceof Redis)) throw new Error('not one server')
  const blocking = worker.duplicate()
  const popped = blocking.bzpopmin(keys.tag('jobs'), 0)
  await vi.waitUntil(async () => /cmd=bzpopmin/i.test(String(await before?.client.client('LIST'))), 10_000)
  await demote()
  await after?.client.zadd(keys.tag('jobs'), 1, 'job')
  expect(await popped).toEqual([keys.tag('jobs'), 'job', '1'])
  blocking.disconnect()
})

test('a reader, which nothing refuses, leaves the old primary on command', async () => {
  const reader = await connected('reader', { withinMs: 1_000, pipelined: true })
  await demote()
  expect(await reader.get(KEY)).toBe('old')
  reconnectRedis()
  await vi.waitFor(async () => expect(await reader.get(KEY)).toBe('new'), { timeout: WITHIN_MS })
})

test('a reader leaves a server that hangs, within three seconds', async () => {
  const reader = await connected('reader', { withinMs: 1_000, pipelined: true })
  await demote()
  before?.freeze()
  const started = performance.now()
  await expect(reader.get(KEY)).rejects.toThrow('Command timed out')
  await vi.waitFor(async () => expect(await reader.get(KEY)).toBe('new'), { timeout: WITHIN_MS })
  expect(performance.now() - started).toBeLessThan(4_000)
})
