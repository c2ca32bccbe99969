import { Redis, type RedisOptions } from 'ioredis'
import { env } from './env.ts'
import { logger } from './logger.ts'
import { processSingleton } from './process/processSingleton.ts'

const COMMAND_TIMEOUT_MS = 1_000

/** A connection. Errors are logged once a disconnect, not once a retry; the caller sees them on its commands. */
export function connectRedis(url: string, name: string, options: RedisOptions = {}): Redis {
  const redis = new Redis(url, {
    connectionName: `evergreen/${name}`,
    connectTimeout: 1_000,
    retryStrategy: (attempt) => Math.min(50 * attempt, 500),
    ...options,
  })
  let reported = false
  redis.on('error', (error) => {
    if (!reported) logger('redis').warn({ err: error, connection: name }, 'redis connection lost')
    reported = true
  })
  redis.on('ready', () => {
    if (reported) logger('redis').info({ connection: name }, 'redis connection is back')
    reported = false
  })
  return redis
}

/**
 * Readers and the writer must answer within a bound: a command fails at once while the connection is down
 * and after one second while it is up. Commands of one tick travel in one round trip.
 */
const BOUNDED: RedisOptions = {
  enableAutoPipelining: true,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  commandTimeout: COMMAND_TIMEOUT_MS,
}

/** The server that holds the version index. */
export function indexRedis(): Redis {
  return processSingleton('indexRedis', () => connectRedis(env().REDIS_URL, 'index', BOUNDED))
}

/** The server that holds bodies: pages, values, price payloads. */
export function cacheRedis(): Redis {
  return processSingleton('cacheRedis', () =>
    env().CACHE_REDIS_URL === env().REDIS_URL ? indexRedis() : connectRedis(env().CACHE_REDIS_URL, 'cache', BOUNDED),
  )
}
