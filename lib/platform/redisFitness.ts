/**
 * Checks whether a Redis is safe to use, and explains what is wrong. `npm start` refuses to start with such a Redis. A
 * process that was started in another way logs the same sentences and goes on, because the shop is also right without
 * Redis.
 */
import { Cluster, type Redis } from 'ioredis'
import type { RedisClient } from '#lib/coherence/index.ts'
import { env } from './env.ts'
import { logger } from './logger.ts'
import { withoutPasswords } from './redisAddress.ts'

/** @returns a connection to each server that holds keys: the one, or the masters of a cluster; no replica */
function primariesOf(redis: RedisClient): Redis[] {
  return redis instanceof Cluster ? redis.nodes('master') : [redis]
}

export type RedisVariable = 'REDIS_URL' | 'CACHE_REDIS_URL'

export interface Unfit {
  /** `refuse`: jobs of the queue would be lost while it runs, or it lacks commands. `warn`: it costs something. */
  readonly level: 'refuse' | 'warn'
  /** Without a password. */
  readonly sentence: string
}

/** BullMQ needs 6.2; Valkey counts from 7.2. */
const OLDEST = { major: 6, minor: 2 }

/** @returns what is wrong with this version, undefined when it will do. @param where the program or the address */
export function oldVersion(major: number, minor: number, where: string): string | undefined {
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) return undefined
  return `${where} is Redis ${major}.${minor}, and the queue needs ${OLDEST.major}.${OLDEST.minor} or newer: upgrade it, or set REDIS_URL to another server.`
}

/** @returns undefined where a managed server does not say */
async function savesPoints(server: Redis): Promise<boolean | undefined> {
  try {
    const answer = await server.config('GET', 'save')
    return Array.isArray(answer) && answer.length > 1 ? answer[1] !== '' : undefined
  } catch {
    return undefined // CONFIG is forbidden on many managed servers
  }
}

/** Stands in a sentence for the address. */
const WHERE = '{where}'

async function unfitServer(variable: RedisVariable, server: Redis, where: string): Promise<Unfit[]> {
  const info = await server.info()
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1]
  const found: Unfit[] = []
  const [major, minor] = (field('redis_version') ?? '').split('.').map(Number)
  const old =
    major === undefined || minor === undefined ? undefined : oldVersion(major, minor, `The server at ${where}`)
  if (old !== undefined) found.push({ level: 'refuse', sentence: old })
  if (variable === 'CACHE_REDIS_URL') return found // bodies are rendered again

  const policy = field('maxmemory_policy')
  if (policy !== undefined && policy !== 'noeviction')
    found.push({
      level: 'refuse',
      sentence: `Redis at ${where} has maxmemory-policy ${policy} and would drop jobs when it is full: run redis-cli CONFIG SET maxmemory-policy noeviction, or set REDIS_URL to another server.`,
    })
  if (field('aof_enabled') === '0' && (await savesPoints(server)) === false)
    found.push({
      level: 'warn',
      sentence: `Redis at ${where} writes nothing to disk: each time it restarts, the version index is filled again from Postgres, every page is rendered again, and jobs of the queue are made again from the outbox. To keep them set appendonly yes in its configuration.`,
    })
  return found
}

/**
 * @param redis connected; of a cluster, every primary is asked
 * @returns nothing when it will do
 * @throws when a server does not answer
 */
export async function unfitRedis(variable: RedisVariable, url: string, redis: RedisClient): Promise<Unfit[]> {
  const primaries = primariesOf(redis)
  const found = await Promise.all(primaries.map((server) => unfitServer(variable, server, WHERE)))
  // The nodes of a cluster are mostly set up alike: one sentence for all of them.
  const nodesOf = new Map<string, string[]>()
  const levelOf = new Map<string, Unfit['level']>()
  for (const [i, { options }] of primaries.entries()) {
    for (const { sentence, level } of found[i] ?? []) {
      nodesOf.set(sentence, [...(nodesOf.get(sentence) ?? []), `${options.host}:${options.port}`])
      levelOf.set(sentence, level)
    }
  }
  const shown = withoutPasswords(url)
  return [...nodesOf].map(([sentence, nodes]) => ({
    level: levelOf.get(sentence) ?? 'refuse',
    sentence: sentence.replace(
      WHERE,
      nodes.length === primaries.length ? shown : `${shown} (node ${nodes.join(' and ')})`,
    ),
  }))
}

/**
 * Logs what is wrong with the Redis of this process, now and whenever a connection is made again: after a failover it
 * is another server. A Redis that is away holds up nothing.
 */
export function reportUnfitRedis(indexRedis: RedisClient, cacheRedis: RedisClient): void {
  const log = logger('redis')
  const report = (variable: RedisVariable, url: string, redis: RedisClient) => {
    let last = ''
    const look = async () => {
      const found = await unfitRedis(variable, url, redis)
      const sentences = found.map(({ sentence }) => sentence).join('\n')
      if (sentences === last) return
      last = sentences
      for (const { level, sentence } of found) log[level === 'refuse' ? 'error' : 'warn'](sentence)
    }
    const ready = () =>
      void look().catch((error: unknown) => log.debug({ err: error }, 'Redis went away before it was looked at'))
    if (redis.status === 'ready') ready()
    redis.on('ready', ready)
  }
  report('REDIS_URL', env().REDIS_URL, indexRedis)
  if (cacheRedis !== indexRedis) report('CACHE_REDIS_URL', env().CACHE_REDIS_URL, cacheRedis)
}
