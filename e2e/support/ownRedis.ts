import { Redis } from 'ioredis'
import { environment } from './environment.ts'

/** The shop under test has database 0. */
const LAST_DATABASE = 15

/** @returns the address of a Redis database, emptied, that no test beside this one uses */
export async function ownRedisDatabase(): Promise<URL> {
  const url = new URL(environment.REDIS_URL)
  url.pathname = `/${LAST_DATABASE - environment.TEST_PARALLEL_INDEX}`
  const redis = new Redis(url.href)
  await redis.flushdb()
  redis.disconnect()
  return url
}
