/** The common part of every queue: its place in Redis, its connections, and its time-out. */
import type { WorkerOptions } from 'bullmq'
import pTimeout from 'p-timeout'
import type { RedisClient } from '#lib/coherence/index.ts'
import { env } from '#lib/platform/env.ts'
import { connectRedis } from '#lib/platform/redis.ts'
import { redisKeys } from '#lib/platform/redisKeys.ts'

export const QUEUE_PREFIX = redisKeys.queuePrefix
/** A killed worker's job runs again after at most these two. */
const LOCK_MS = 5_000
const STALL_CHECK_MS = 2_000
const ENQUEUE_TIMEOUT_MS = 2_000

/** For adding jobs: fails at once while Redis is away, because what the job is about stands in Postgres. */
export function producerConnection(name: string): RedisClient {
  return connectRedis(env().REDIS_URL, name, { withinMs: ENQUEUE_TIMEOUT_MS })
}

/** The options of a worker, which waits for Redis for as long as it is away. */
export function workerOptions(name: string): WorkerOptions {
  return {
    prefix: QUEUE_PREFIX,
    connection: connectRedis(env().REDIS_URL, name, {}),
    lockDuration: LOCK_MS,
    stalledInterval: STALL_CHECK_MS,
  }
}

/**
 * Waits for a job to be added, within a bound: BullMQ waits for as long as Redis is away. One that is added after its
 * caller gave up is one job more: every job must bear to be run again.
 * @throws when Redis did not confirm in time
 */
export async function addedInTime(added: Promise<unknown>): Promise<void> {
  const message = `Redis did not take a job within ${ENQUEUE_TIMEOUT_MS} ms`
  await pTimeout(added, { milliseconds: ENQUEUE_TIMEOUT_MS, message })
}
