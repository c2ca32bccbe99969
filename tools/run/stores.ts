import { existsSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { say, SetupError, step } from '../progress.mjs'
import { checkDatabase, checkRedis } from '../services/external.ts'
import { postgresReady, postgresSpec, postgresUrl } from '../services/postgres.ts'
import { applicationUrl } from './applicationRole.ts'
import { dropStaleLock, prepareCluster } from '../services/postgresCluster.ts'
import { redisReady, redisSpec, redisUrl } from '../services/redis.ts'
import { redisProgram } from '../services/redisProgram.ts'
import { redisUrlOf, type RedisUser } from '../services/redisUsers.ts'
import type { Environment } from './environment.ts'
import type { KeptPorts } from './ports.ts'
import type { Supervisor } from './supervisor.ts'

export interface StoreOptions {
  readonly environment: Environment
  readonly dataFolder: string
  readonly durable: boolean
  readonly ports: KeptPorts
  /** Where to listen the first time; any free port where it is left out. */
  readonly preferredPorts?: { readonly postgres: number; readonly redis: number }
  readonly supervisor: Supervisor
  /** Whether the embedded Redis lets in a connection that names no user, for all commands: for tests and measurements. */
  readonly openRedis?: boolean
}

const LEFTOVER_GONE_WITHIN_MS = 15_000

async function embeddedPostgres({
  dataFolder,
  durable,
  ports,
  preferredPorts,
  supervisor,
}: StoreOptions): Promise<string> {
  const port = await ports.choose('postgres', preferredPorts?.postgres)
  const made = existsSync(path.join(dataFolder, 'postgres/cluster/complete'))
  return step(made ? 'Starting Postgres' : 'Creating and starting Postgres', async () => {
    const cluster = prepareCluster(dataFolder)
    const url = postgresUrl(cluster, port)
    const deadline = Date.now() + LEFTOVER_GONE_WITHIN_MS
    for (;;) {
      dropStaleLock(cluster)
      const child = supervisor.start(postgresSpec(cluster, { dataFolder, port, durable }), {
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

/** @returns the addresses of each user */
async function embeddedRedis({
  dataFolder,
  ports,
  preferredPorts,
  supervisor,
  openRedis = false,
}: StoreOptions): Promise<Environment> {
  const program = await redisProgram(supervisor.signal)
  const port = await ports.choose('redis', preferredPorts?.redis)
  return step('Starting Redis', async () => {
    const spec = redisSpec({ program, dataFolder, port, isOpen: openRedis })
    const urlOf = (user: RedisUser) => redisUrlOf(user, { dataFolder, port })
    const child = supervisor.start(spec, { ready: (again) => redisReady(again, urlOf('shell')) })
    await redisReady(child, urlOf('shell'))
    return {
      REDIS_URL: openRedis ? redisUrl(port) : urlOf('shell'),
      REDIS_URL_WEB: urlOf('web'),
      REDIS_URL_WORKER: urlOf('worker'),
    }
  })
}

/**
 * Postgres and Redis: those that the environment names, once they are known to be usable; else embedded ones.
 * @returns the environment with the address of each. MIGRATION_DATABASE_URL is that of the owner of the tables; without it
 *   DATABASE_URL is.
 */
export async function startStores(options: StoreOptions): Promise<Environment> {
  const { DATABASE_URL, REDIS_URL, REDIS_URL_WEB, REDIS_URL_WORKER, CACHE_REDIS_URL } = options.environment
  // Known before anything starts: what must be corrected by hand should not cost a minute first.
  if (!REDIS_URL && (REDIS_URL_WEB || REDIS_URL_WORKER))
    throw new SetupError('REDIS_URL_WEB and REDIS_URL_WORKER name users of the server of REDIS_URL: set that, too.')
  const [costs, cacheCosts] = await Promise.all([
    REDIS_URL ? checkRedis('REDIS_URL', REDIS_URL) : [],
    CACHE_REDIS_URL ? checkRedis('CACHE_REDIS_URL', CACHE_REDIS_URL) : [],
    DATABASE_URL && checkDatabase(DATABASE_URL),
  ])
  for (const sentence of [...costs, ...cacheCosts]) say(`  ! ${sentence}`)
  const redis = REDIS_URL ? {} : await embeddedRedis(options)
  if (DATABASE_URL) return { ...options.environment, ...redis }
  const owner = await embeddedPostgres(options)
  return {
    ...options.environment,
    DATABASE_URL: applicationUrl(owner),
    MIGRATION_DATABASE_URL: owner,
    ...redis,
  }
}
