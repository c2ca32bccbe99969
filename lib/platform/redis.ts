/** The process' connections to Redis: to one server, through Sentinels or to a cluster, as the address says. */
import { Cluster, type Redis } from 'ioredis'
import type { RedisClient } from '#lib/coherence/index.ts'
import { env } from './env.ts'
import { logger } from './logger.ts'
import { processSingleton } from './process/processSingleton.ts'
import { createRedis, type RedisUse } from './redisClient.ts'

/** Readers and the writer must answer within a bound. */
const BOUNDED: RedisUse = { withinMs: 1_000, pipelined: true }
/** Milliseconds. A server that stays the wrong one is left again and again, at this pace. */
const RECONNECT_EVERY_MS = 1_000
/** Milliseconds until the connections to each node of a cluster that was left have ended. */
const LEFT_WITHIN_MS = 500
/** Milliseconds. A cluster asks for a lost node with every command. */
const NODE_LOG_EVERY_MS = 60_000

interface Connection {
  readonly redis: RedisClient
  reconnectedAt: number
}
const connections = () => processSingleton('redisConnections', () => new Set<Connection>())

/** Errors are logged once a disconnect, not once a retry; the caller sees them on its commands. */
function logErrors(redis: RedisClient, name: string): void {
  let reported = false
  redis.on('error', (error: unknown) => {
    if (!reported) logger('redis').warn({ err: error, connection: name }, 'redis connection lost')
    reported = true
  })
  redis.on('ready', () => {
    if (reported) logger('redis').info({ connection: name }, 'redis connection is back')
    reported = false
  })
  const nodes = new Map<string, number>()
  redis.on('node error', (error: unknown, node: string) => {
    const now = performance.now()
    if (now - (nodes.get(node) ?? -Infinity) < NODE_LOG_EVERY_MS) return
    nodes.set(node, now)
    logger('redis').warn({ err: error, connection: name, node }, 'a node of the Redis Cluster cannot be reached')
  })
}

/**
 * A cluster that is left connects again, or ends, with the end of its last node. A redirection that comes in between adds a node that
 * nothing ends (ioredis 6.0), and the process would be without Redis for good: it is left again until it has ended.
 */
function leaveToTheEnd(redis: RedisClient): void {
  if (!(redis instanceof Cluster)) return
  const again = () => {
    if (redis.status === 'disconnecting') redis.disconnect(true)
  }
  redis.on('disconnecting', () => setTimeout(again, LEFT_WITHIN_MS).unref())
}

/**
 * A cluster sends ASKING ahead of a command whose key is on its way to another server, and does not wait for its answer
 * (ioredis 6.0): where that server hangs or goes, an error without a handler would end the process. The command says it.
 */
function answerForAsking(redis: RedisClient): void {
  if (!(redis instanceof Cluster)) return
  redis.on('+node', (node: Redis) => {
    const asking = node.asking.bind(node)
    Reflect.set(node, 'asking', async () => asking().catch(() => undefined))
  })
}

/** Keeps a connection, and those that BullMQ duplicates from it, where `reconnectRedis` finds them. */
function keep(redis: RedisClient, name: string): RedisClient {
  const connection = { redis, reconnectedAt: -Infinity }
  connections().add(connection)
  redis.on('end', () => connections().delete(connection))
  redis.on('ready', () => connections().add(connection)) // BullMQ connects again what had ended
  logErrors(redis, name)
  leaveToTheEnd(redis)
  answerForAsking(redis)
  const duplicate: (...given: never[]) => RedisClient = redis.duplicate
  Reflect.set(redis, 'duplicate', (...given: never[]) => keep(duplicate.apply(redis, given), `${name}-duplicate`))
  return redis
}

/**
 * A connection that mends itself, and that `reconnectRedis` knows.
 * @param name for the log and for `CLIENT LIST`
 * @throws {Error} when the address cannot be read; commands alone report a server that is away
 */
export function connectRedis(url: string, name: string, use: RedisUse): RedisClient {
  return keep(createRedis(url, name, use), name)
}

/**
 * Leaves the servers that the process is connected to and connects again, the queue's connections included: for a
 * primary that was demoted or cut off while a proxy or a name in front of it leads to another one by now. Commands in
 * flight fail, except those of workers, which are sent again. Of no effect on a connection that is not up, or that was
 * left a second ago.
 */
export function reconnectRedis(): void {
  for (const connection of connections()) {
    const now = performance.now()
    if (connection.redis.status !== 'ready' || now - connection.reconnectedAt < RECONNECT_EVERY_MS) continue
    connection.reconnectedAt = now
    connection.redis.disconnect(true)
  }
}

/** The server that holds the version index. */
export function indexRedis(): RedisClient {
  return processSingleton('indexRedis', () => connectRedis(env().REDIS_URL, 'index', BOUNDED))
}

/** The server that holds bodies: pages, values. */
export function cacheRedis(): RedisClient {
  return processSingleton('cacheRedis', () =>
    env().CACHE_REDIS_URL === env().REDIS_URL ? indexRedis() : connectRedis(env().CACHE_REDIS_URL, 'cache', BOUNDED),
  )
}
