/** A Redis database of a test file's own, on the server of REDIS_URL. */
import { Redis, type RedisOptions } from 'ioredis'
import { testEnv } from '../env.ts'
import { faultProxy, type FaultProxy } from '#lib/coherence/testing/faultProxy.ts'

/** Database 0 is the shop's. Files that run at once have different pool ids. */
const DATABASES = 15

export interface TestRedis {
  /** Past the proxy: reads and writes also during a fault. */
  readonly direct: Redis
  /** Through the proxy, with the options of the project's own connections, and more patience. */
  readonly client: Redis
  readonly proxy: FaultProxy
  close(): Promise<void>
}

/**
 * Milliseconds. The project's own connections give up after one second, which parts under test treat as an answer: a busy machine
 * must not give it. A test in which Redis says nothing takes less.
 */
const ANSWERS_WITHIN_MS = 10_000

/** @returns a client like the project's own connections, once it is connected; faults are no errors of its */
export async function boundedRedis(options: RedisOptions): Promise<Redis> {
  const client = new Redis({
    host: '127.0.0.1',
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: ANSWERS_WITHIN_MS,
    retryStrategy: () => 20,
    ...options,
  })
  client.on('error', () => undefined) // the faults are on purpose
  await new Promise<void>((resolve) => client.once('ready', () => resolve()))
  return client
}

export async function testRedis(options: RedisOptions = {}): Promise<TestRedis> {
  const url = new URL(testEnv().REDIS_URL)
  const db = 1 + (testEnv().VITEST_POOL_ID % DATABASES)
  const host = url.hostname
  const port = Number(url.port || 6379)
  const direct = new Redis({ host, port, db })
  await direct.flushdb()
  const proxy = await faultProxy({ host, port })
  const client = await boundedRedis({ port: proxy.port, db, ...options })
  return {
    direct,
    client,
    proxy,
    async close() {
      client.disconnect()
      await proxy.close()
      await direct.flushdb()
      direct.disconnect()
    },
  }
}
