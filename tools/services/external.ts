import { Redis } from 'ioredis'
import { Client } from 'pg'
import { SetupError } from '../progress.mjs'
import { requireRedisVersion } from './redisProgram.ts'

const CONNECT_WITHIN_MS = 5_000
const OLDEST_POSTGRES = 14

/** The address without its password: it is printed. */
function withoutPassword(url: string): string {
  const shown = new URL(url)
  shown.password = ''
  return shown.href
}

function reason(error: unknown): string {
  // A refused connection to a name with several addresses carries the reasons inside.
  const inner = error instanceof AggregateError ? error.errors[0] : error
  return inner instanceof Error ? inner.message : String(inner)
}

function parsed(name: string, text: string, protocols: readonly string[]): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !protocols.includes(url.protocol)) {
    throw new SetupError(
      `${name} must be an address that begins with ${protocols[0]}//, and is not: correct it, or unset it to use the embedded server.`,
    )
  }
  return url
}

/** @throws {SetupError} when the database that DATABASE_URL names cannot be used */
export async function checkDatabase(text: string): Promise<void> {
  const shown = withoutPassword(parsed('DATABASE_URL', text, ['postgresql:', 'postgres:']).href)
  const client = new Client({ connectionString: text, connectionTimeoutMillis: CONNECT_WITHIN_MS })
  client.on('error', () => undefined) // told by the query
  try {
    await client.connect()
    const { rows } = await client.query<{ version: number }>(
      `SELECT current_setting('server_version_num')::int AS version`,
    )
    const major = Math.floor((rows[0]?.version ?? 0) / 10_000)
    if (major < OLDEST_POSTGRES) throw new Error(`Postgres ${major} is older than ${OLDEST_POSTGRES}`)
  } catch (error) {
    throw new SetupError(
      `The database at ${shown} cannot be used (${reason(error)}): start it or correct DATABASE_URL, or unset it to use the embedded one.`,
    )
  } finally {
    await client.end().catch(() => undefined) // it never connected
  }
}

/** @throws {SetupError} when the Redis that `name` names cannot hold the queue and the index */
export async function checkRedis(name: 'REDIS_URL' | 'CACHE_REDIS_URL', text: string): Promise<void> {
  const shown = withoutPassword(parsed(name, text, ['redis:', 'rediss:']).href)
  const redis = new Redis(text, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: CONNECT_WITHIN_MS,
    commandTimeout: CONNECT_WITHIN_MS,
  })
  let lost: unknown
  redis.on('error', (error) => (lost ??= error))
  let info: string
  try {
    await redis.connect()
    info = `${await redis.info('server')}\n${await redis.info('memory')}`
  } catch (error) {
    throw new SetupError(
      `Redis at ${shown} cannot be reached (${reason(lost ?? error)}): start it or correct ${name}, or unset it to use the embedded one.`,
    )
  } finally {
    redis.disconnect()
  }
  const [, major = '0', minor = '0'] = /^redis_version:(\d+)\.(\d+)/m.exec(info) ?? []
  requireRedisVersion(Number(major), Number(minor), `The server at ${shown}`)
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1]
  if (name === 'REDIS_URL' && policy !== undefined && policy !== 'noeviction') {
    throw new SetupError(
      `Redis at ${shown} has maxmemory-policy ${policy} and would drop jobs when it is full: run redis-cli CONFIG SET maxmemory-policy noeviction, or set REDIS_URL to another server.`,
    )
  }
}
