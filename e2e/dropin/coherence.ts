import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Redis } from 'ioredis'
import pg from 'pg'
import { createCoherence, sqlVersionSource, type Coherence } from '#lib/coherence/index.ts'

/** One a process: Next bundles this module more than once. */
function once<T>(name: string, create: () => T): T {
  const key = Symbol.for(`dropin.${name}`)
  const known: T | undefined = Reflect.get(globalThis, key)
  if (known !== undefined) return known
  const created = create()
  Reflect.set(globalThis, key, created)
  return created
}

export const postgres = () => once('postgres', () => new pg.Pool({ connectionString: process.env['DATABASE_URL'] }))

/** The folder that `next build` wrote. */
export const buildFolder = path.resolve(process.env['NEXT_DIST_DIR'] ?? path.join(process.cwd(), 'e2e/dropin/.next'))
const buildId = () => once('build', () => readFileSync(path.join(buildFolder, 'BUILD_ID'), 'utf8').trim())

function connect(): Redis {
  const redis = new Redis(process.env['REDIS_URL'] ?? '', {
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 1_000,
    retryStrategy: (attempt) => Math.min(50 * attempt, 500),
  })
  redis.on('error', () => undefined) // seen by each command
  return redis
}

export const coherence = (): Coherence =>
  once('coherence', () => {
    const redis = connect()
    return createCoherence({
      indexRedis: redis,
      cacheRedis: redis,
      source: sqlVersionSource(
        { article: { table: 'articles', idColumn: 'id', versionColumn: 'version' } },
        async (sql, parameters) => (await postgres().query(sql, [...parameters])).rows,
      ),
      buildId,
      maxBytes: 64 * 1024 * 1024,
      ...(process.env['LEASE_MS'] && { leaseMs: Number(process.env['LEASE_MS']) }),
    })
  })

/** Undefined while Next builds: its handlers keep nothing then. */
export const servingCoherence = () => (process.env['NEXT_PHASE'] === 'phase-production-build' ? undefined : coherence())
