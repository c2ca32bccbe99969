import { Client } from 'pg'
import type { RedisClient } from '#lib/coherence/index.ts'
import { withoutPasswords } from '#lib/platform/redisAddress.ts'
import { createRedis } from '#lib/platform/redisClient.ts'
import { type RedisVariable, type Unfit, unfitRedis } from '#lib/platform/redisFitness.ts'
import { SetupError } from '../progress.mjs'

const CONNECT_WITHIN_MS = 5_000
const READY_WITHIN_MS = 20_000
const OLDEST_POSTGRES = 14

/** The address without its password: it is printed. */
function withoutPassword(url: URL): string {
  url.password = ''
  return url.href
}

function reason(error: unknown): string {
  // A refused connection to a name with several addresses carries the reasons inside.
  const inner = error instanceof AggregateError ? error.errors[0] : error
  return inner instanceof Error ? inner.message : String(inner)
}

function parsedDatabase(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['postgresql:', 'postgres:'].includes(url.protocol)) {
    throw new SetupError(
      'DATABASE_URL must be an address that begins with postgresql://, and is not: correct it, or unset it to use the embedded server.',
    )
  }
  return url
}

function redisOf(name: RedisVariable, text: string): RedisClient {
  try {
    return createRedis(text, 'set-up', { withinMs: CONNECT_WITHIN_MS, once: true })
  } catch (error) {
    throw new SetupError(`${name} cannot be read: ${reason(error)}`)
  }
}

/** @throws {SetupError} when the database that DATABASE_URL names cannot be used */
export async function checkDatabase(text: string): Promise<void> {
  const shown = withoutPassword(parsedDatabase(text))
  const client = new Client({ connectionString: text, connectionTimeoutMillis: CONNECT_WITHIN_MS })
  client.on('error', () => undefined) // told by the query
  try {
    await client.connect()
    const { rows } = await client.query<{ version: number; commit: string }>(
      `SELECT current_setting('server_version_num')::int AS version, current_setting('synchronous_commit') AS commit`,
    )
    const major = Math.floor((rows[0]?.version ?? 0) / 10_000)
    if (major < OLDEST_POSTGRES) throw new Error(`Postgres ${major} is older than ${OLDEST_POSTGRES}`)
    if (rows[0]?.commit === 'off')
      throw new Error('synchronous_commit is off, so a crash could lose prices that shoppers have seen: set it to on')
  } catch (error) {
    throw new SetupError(
      `The database at ${shown} cannot be used (${reason(error)}): start it or correct DATABASE_URL, or unset it to use the embedded one.`,
    )
  } finally {
    await client.end().catch(() => undefined) // it never connected
  }
}

/**
 * @returns sentences about what this Redis costs, although it will do
 * @throws {SetupError} when the Redis that `name` names cannot hold the queue and the index
 */
export async function checkRedis(name: RedisVariable, text: string): Promise<string[]> {
  const redis = redisOf(name, text)
  let lost: unknown
  redis.on('error', (error: unknown) => (lost ??= error))
  redis.on('node error', (error: unknown) => (lost ??= error))
  // A server that is still loading answers, and is not ready.
  const late = setTimeout(() => {
    lost ??= new Error(`it was not ready within ${READY_WITHIN_MS / 1_000} s`)
    redis.disconnect()
  }, READY_WITHIN_MS)
  let unfit: Unfit[]
  try {
    await redis.connect()
    unfit = await unfitRedis(name, text, redis)
  } catch (error) {
    throw new SetupError(
      `Redis at ${withoutPasswords(text)} cannot be reached (${reason(lost ?? error)}): start it or correct ${name}, or unset it to use the embedded one.`,
    )
  } finally {
    clearTimeout(late)
    redis.disconnect()
  }
  const refusal = unfit.find(({ level }) => level === 'refuse')
  if (refusal) throw new SetupError(refusal.sentence)
  return unfit.map(({ sentence }) => sentence)
}
