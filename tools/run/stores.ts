import { existsSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { say, SetupError, step } from '../progress.mjs'
import { checkDatabase, checkRedis, checkReplication } from '../services/external.ts'
import { postgresReady, postgresSpec, postgresUrl } from '../services/postgres.ts'
import { applicationUrl, makeReplicationRole } from './applicationRole.ts'
import { dropStaleLock, prepareCluster } from '../services/postgresCluster.ts'
import { redisReady, redisSpec, redisUrl } from '../services/redis.ts'
import { redisProgram } from '../services/redisProgram.ts'
import { redisUrlOf, type RedisPurpose, type RedisUser } from '../services/redisUsers.ts'
import type { Environment } from './environment.ts'
import type { KeptPorts } from './ports.ts'
import type { Supervisor } from './supervisor.ts'

/** Easy to remember, and far from the usual ports, which belong to servers of the machine. */
export const STORE_PORTS = { postgres: 54_320, redis: 63_790, bodies: 63_791 }

export interface StoreOptions {
  readonly environment: Environment
  readonly dataFolder: string
  readonly durable: boolean
  readonly ports: KeptPorts
  /** The ports to try first; any free ones where they are left out. */
  readonly preferredPorts?: { readonly postgres: number; readonly redis: number; readonly bodies: number }
  readonly supervisor: Supervisor
  /** Whether the embedded Redis lets in a connection that names no user, for all commands: for tests and measurements. */
  readonly openRedis?: boolean
  /** Settings of the embedded Postgres beside ours. */
  readonly postgresSettings?: Readonly<Record<string, string>>
}

const LEFTOVER_GONE_WITHIN_MS = 15_000

async function embeddedPostgres({
  dataFolder,
  durable,
  ports,
  preferredPorts,
  supervisor,
  postgresSettings,
}: StoreOptions): Promise<string> {
  const port = await ports.choose('postgres', preferredPorts?.postgres)
  const made = existsSync(path.join(dataFolder, 'postgres/cluster/complete'))
  return step(made ? 'Starting Postgres' : 'Creating and starting Postgres', async () => {
    const cluster = prepareCluster(dataFolder)
    const url = postgresUrl(cluster, port)
    const deadline = Date.now() + LEFTOVER_GONE_WITHIN_MS
    for (;;) {
      dropStaleLock(cluster)
      const child = supervisor.start(postgresSpec(cluster, { dataFolder, port, durable, settings: postgresSettings }), {
        ready: (again) => postgresReady(again, url, dataFolder),
      })
      try {
        await postgresReady(child, url, dataFolder)
        return url
      } catch (error) {
        // The backends of a killed Postgres hold its memory until they notice, a moment later.
        const leftovers =
          error instanceof SetupError && /pre-existing shared memory block|already exists/.test(error.detail)
        if (!leftovers || Date.now() > deadline) throw error
        await wait(200)
      }
    }
  })
}

/** One for queue and index and, where the environment names none, one for bodies. @returns the addresses of each user */
async function embeddedRedis({
  environment,
  dataFolder,
  ports,
  preferredPorts,
  supervisor,
  openRedis = false,
}: StoreOptions): Promise<Environment> {
  const program = await redisProgram(supervisor.signal)
  const port = await ports.choose('redis', preferredPorts?.redis)
  const bodiesPort = environment['CACHE_REDIS_URL']
    ? undefined
    : await ports.choose('redis-bodies', preferredPorts?.bodies)
  return step('Starting Redis', async () => {
    const start = async (purpose: RedisPurpose, at: number, user: RedisUser) => {
      const url = redisUrlOf(user, { dataFolder, port: at })
      const spec = redisSpec({ purpose, program, dataFolder, port: at, isOpen: openRedis })
      await redisReady(supervisor.start(spec, { ready: (again) => redisReady(again, url) }), url)
      return url
    }
    const [shell, bodies] = await Promise.all([
      start('index', port, 'shell'),
      bodiesPort === undefined ? undefined : start('bodies', bodiesPort, 'bodies'),
    ])
    return {
      REDIS_URL: openRedis ? redisUrl(port) : shell,
      REDIS_URL_WEB: redisUrlOf('web', { dataFolder, port }),
      REDIS_URL_WORKER: redisUrlOf('worker', { dataFolder, port }),
      ...(bodies !== undefined && { CACHE_REDIS_URL: bodies }),
    }
  })
}

/**
 * Postgres and Redis: those that the environment names, once they are known to be usable; else embedded ones.
 * @returns the environment with the address of each. MIGRATION_DATABASE_URL is that of the owner of the tables; without it
 *   DATABASE_URL is.
 */
export async function startStores(options: StoreOptions): Promise<Environment> {
  const {
    DATABASE_URL,
    DATABASE_DIRECT_URL,
    DATABASE_REPLICA_URL,
    REDIS_URL,
    REDIS_URL_WEB,
    REDIS_URL_WORKER,
    CACHE_REDIS_URL,
  } = options.environment
  const hasCdc = options.environment['PRICE_EVENTS'] === 'cdc'
  // Known before anything starts: what must be corrected by hand should not cost a minute first.
  if (!REDIS_URL && (REDIS_URL_WEB || REDIS_URL_WORKER))
    throw new SetupError('REDIS_URL_WEB and REDIS_URL_WORKER name users of the server of REDIS_URL: set that, too.')
  if (!DATABASE_URL && (DATABASE_DIRECT_URL || DATABASE_REPLICA_URL))
    throw new SetupError(
      'DATABASE_DIRECT_URL and DATABASE_REPLICA_URL belong to the database of DATABASE_URL: set that, too.',
    )
  const costs = await Promise.all([
    REDIS_URL ? checkRedis('REDIS_URL', REDIS_URL) : [],
    CACHE_REDIS_URL ? checkRedis('CACHE_REDIS_URL', CACHE_REDIS_URL) : [],
    DATABASE_URL
      ? checkDatabase({ url: DATABASE_URL, direct: DATABASE_DIRECT_URL, replica: DATABASE_REPLICA_URL })
      : [],
    DATABASE_URL && hasCdc
      ? checkReplication(
          options.environment['REPLICATION_DATABASE_URL'] ?? DATABASE_DIRECT_URL ?? DATABASE_URL,
          DATABASE_URL,
        )
      : [],
  ])
  for (const sentence of costs.flat()) say(`  ! ${sentence}`)
  const redis = REDIS_URL ? {} : await embeddedRedis(options)
  if (DATABASE_URL) return { ...options.environment, ...redis }
  return { ...(await embeddedDatabase(options)), ...redis }
}

/** @returns the environment with the addresses of the embedded Postgres alone */
export async function embeddedDatabase(options: StoreOptions): Promise<Environment> {
  const owner = await embeddedPostgres(options)
  return {
    ...options.environment,
    DATABASE_URL: applicationUrl(owner),
    MIGRATION_DATABASE_URL: owner,
    ...(options.environment['PRICE_EVENTS'] === 'cdc' && {
      REPLICATION_DATABASE_URL: await makeReplicationRole(owner),
    }),
  }
}
