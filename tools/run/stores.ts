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

async function embeddedRedis({ dataFolder, ports, preferredPorts, supervisor }: StoreOptions): Promise<string> {
  const program = await redisProgram(supervisor.signal)
  const port = await ports.choose('redis', preferredPorts?.redis)
  return step('Starting Redis', async () => {
    const url = redisUrl(port)
    const child = supervisor.start(redisSpec({ program, dataFolder, port }), {
      ready: (again) => redisReady(again, url),
    })
    await redisReady(child, url)
    return url
  })
}

/**
 * Postgres and Redis: those that the environment names, once they are known to be usable; else embedded ones.
 * @returns the environment with the address of each. MIGRATION_DATABASE_URL is that of the owner of the tables; without it
 *   DATABASE_URL is.
 */
export async function startStores(options: StoreOptions): Promise<Environment> {
  const { DATABASE_URL, REDIS_URL, CACHE_REDIS_URL } = options.environment
  // Known before anything starts: what must be corrected by hand should not cost a minute first.
  const [costs, cacheCosts] = await Promise.all([
    REDIS_URL ? checkRedis('REDIS_URL', REDIS_URL) : [],
    CACHE_REDIS_URL ? checkRedis('CACHE_REDIS_URL', CACHE_REDIS_URL) : [],
    DATABASE_URL && checkDatabase(DATABASE_URL),
  ])
  for (const sentence of [...costs, ...cacheCosts]) say(`  ! ${sentence}`)
  const redis = REDIS_URL ?? (await embeddedRedis(options))
  if (DATABASE_URL) return { ...options.environment, REDIS_URL: redis }
  const owner = await embeddedPostgres(options)
  return {
    ...options.environment,
    DATABASE_URL: applicationUrl(owner),
    MIGRATION_DATABASE_URL: owner,
    REDIS_URL: redis,
  }
}
