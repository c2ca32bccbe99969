/** Web instances of one shop with what belongs to them, all started for one series of measurements. */
import { metricsOf } from '../lib/metrics.ts'
import { Redis } from 'ioredis'
import type pg from 'pg'
import { ours } from '../../lib/catalog/testing/shopSubject.ts'
import { startWorker } from '../bulk/workers.ts'
import { type WebInstance, withInstances } from '../lib/instances.ts'
import { pooled } from '../lib/pooled.ts'
import type { Shop } from '../lib/shop.ts'
import type { BenchStores } from '../lib/stores.ts'
import { Visitors } from './visit.ts'

/** The port of the first instance. */
export const PORT_BASE = 4830
const WORKER_PORT = 4839
const AT_ONCE = 4

export interface Fleet {
  readonly name: string
  readonly instances: readonly WebInstance[]
  /** Process ids by role. */
  readonly processes: Readonly<Record<string, readonly number[]>>
  /** Whether `builds` counts renders; elsewhere readers count them by what they see. */
  readonly countsBuilds: boolean
  /** Whether a worker empties the outbox. */
  readonly delivers: boolean
  /** The outcomes of misses so far. */
  builds(): Promise<Record<string, number>>
}

export interface FleetPlan {
  readonly name: string
  readonly shop: Shop
  readonly instances: number
  readonly stores: Pick<BenchStores, 'databaseUrl' | 'redisUrl'>
  readonly postgres: pg.Pool
  /** Roles of the worker, where the shop has one. */
  readonly roles?: string
  /** Variables of web instances and worker, such as the edge in front of them. */
  readonly environment?: Readonly<Record<string, string>>
  /** Pages that are in the caches before `use` begins. */
  readonly paths: readonly string[]
}

async function buildsOf(instances: readonly WebInstance[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  const texts = await Promise.all(instances.map(async ({ url }) => metricsOf(url)))
  for (const text of texts) {
    for (const [, outcome = '', count] of text.matchAll(
      /^evergreen_page_builds_total\{[^}]*outcome="(\w+)"[^}]*\} (\d+)/gm,
    ))
      counts[outcome] = (counts[outcome] ?? 0) + Number(count)
  }
  return counts
}

/** @throws when a page could not be visited */
async function visitEach(urls: readonly string[]): Promise<void> {
  const visitors = new Visitors()
  await pooled(urls, AT_ONCE, async (url) => {
    const { error } = await visitors.visit(url, () => false)
    if (error) throw new Error(`${url}: ${error}`)
  })
  visitors.close()
}

/** Starts the fleet on an empty Redis and with nothing left to deliver, visits `paths` on each instance, and ends all of it afterwards. */
export async function withFleet<T>(plan: FleetPlan, use: (fleet: Fleet) => Promise<T>): Promise<T> {
  const { name, shop, stores, postgres, paths, roles = 'relay,invalidator', environment = {} } = plan
  const redis = new Redis(stores.redisUrl)
  await redis.flushdb()
  redis.disconnect()
  await postgres.query('UPDATE outbox SET done_at = clock_timestamp() WHERE done_at IS NULL')
  return withInstances(shop, plan.instances, stores, { portBase: PORT_BASE, environment }, async (instances) => {
    const own = shop.subject === ours
    const urls = instances.map(({ url }) => url)
    const worker = own ? await startWorker(stores, roles, WORKER_PORT, urls.join(','), environment) : undefined
    try {
      await visitEach(urls.flatMap((url) => paths.map((path) => url + path)))
      return await use({
        name,
        instances,
        processes: { web: instances.map(({ pid }) => pid), ...(worker && { worker: [worker.pid] }) },
        countsBuilds: own,
        delivers: own,
        builds: async () => (own ? buildsOf(instances) : {}),
      })
    } finally {
      await worker?.stop()
    }
  })
}
