/**
 * Postgres and Redis for a benchmark: those of BENCH_DATABASE_URL and BENCH_REDIS_URL, else embedded ones under
 * .data/bench. Never the shop's: a benchmark drops, floods and flushes.
 */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { Redis } from 'ioredis'
import { ownerUrl } from '../../tools/run/catalog.ts'
import { readEnvironment, root } from '../../tools/run/environment.ts'
import { Ledger } from '../../tools/run/ledger.ts'
import { KeptPorts } from '../../tools/run/ports.ts'
import { startStores } from '../../tools/run/stores.ts'
import { Supervisor } from '../../tools/run/supervisor.ts'
import { pin } from './pinned.ts'

export interface BenchStores {
  readonly databaseUrl: string
  readonly redisUrl: string
  /** `Postgres 18.4`, `Redis 7.0.15` */
  readonly versions: readonly string[]
  close(): Promise<void>
}

const dataFolder = path.join(root, '.data/bench')

async function redisVersion(url: string): Promise<string> {
  const redis = new Redis(url)
  const info = await redis.info('server')
  redis.disconnect()
  return `Redis ${/^redis_version:(\S+)/m.exec(info)?.[1] ?? 'of unknown version'}`
}

async function postgresVersion(url: string): Promise<string> {
  const { default: pg } = await import('pg')
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version')
  await client.end()
  return `Postgres ${rows[0]?.server_version.split(' ')[0]}`
}

async function described(databaseUrl: string, redisUrl: string, close: () => Promise<void>): Promise<BenchStores> {
  return { databaseUrl, redisUrl, versions: [await postgresVersion(databaseUrl), await redisVersion(redisUrl)], close }
}

interface BenchStoresOptions {
  /** For statementCounter.ts; a Postgres of BENCH_DATABASE_URL must preload it then. */
  readonly countsStatements?: boolean
  /** As `taskset -c` wants it: the cores of the embedded stores. */
  readonly cores?: string
}

export async function benchStores({ countsStatements = false, cores }: BenchStoresOptions = {}): Promise<BenchStores> {
  const {
    BENCH_DATABASE_URL,
    BENCH_REDIS_URL,
    DATABASE_URL: _shop,
    REDIS_URL: _index,
    CACHE_REDIS_URL: _cache,
    ...rest
  } = readEnvironment()
  if (BENCH_DATABASE_URL !== undefined && BENCH_REDIS_URL !== undefined)
    return described(BENCH_DATABASE_URL, BENCH_REDIS_URL, async () => undefined)
  const environment = {
    ...rest,
    ...(BENCH_DATABASE_URL !== undefined && { DATABASE_URL: BENCH_DATABASE_URL }),
    ...(BENCH_REDIS_URL !== undefined && { REDIS_URL: BENCH_REDIS_URL }),
  }
  mkdirSync(dataFolder, { recursive: true })
  const ledger = new Ledger(dataFolder)
  await ledger.takeOver()
  const supervisor = new Supervisor(ledger, (sentence) => {
    throw new Error(sentence)
  })
  const started = await startStores({
    environment,
    dataFolder,
    durable: false,
    openRedis: true,
    ...(countsStatements && { postgresSettings: { shared_preload_libraries: 'pg_stat_statements' } }),
    ports: new KeptPorts(dataFolder),
    supervisor,
  })
  if (cores !== undefined) for (const { name, pid } of ledger.entries) if (name !== 'supervisor') pin(pid, cores)
  return described(ownerUrl(started), started['REDIS_URL'] ?? '', async () => {
    await supervisor.stop()
    ledger.remove(process.pid)
  })
}
