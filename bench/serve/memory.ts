/** The weight of many entries: in the process, in Redis, on disk. */
import { metricsOf } from '../lib/metrics.ts'
import { LOCALES } from '../../lib/platform/locales.ts'
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { Redis } from 'ioredis'
import pg from 'pg'
import { runningFolder } from '../lib/instances.ts'
import { readPage, someProducts } from '../lib/pages.ts'
import type { Row } from '../../tools/figures/markdownTable.ts'
import type { Shop } from '../lib/shop.ts'
import type { BenchStores } from '../lib/stores.ts'
import { pooled } from '../lib/pooled.ts'
import { shopServer, type Contestant } from './contestants.ts'
import { residentBytes } from './processes.ts'

const AT_ONCE = 4
const MB = 2 ** 20
/** The default of the setting, given so that the budget is judged against what the process has. */
const L1_MAX_BYTES = 256 * MB
/** More than all entries weigh. */
const UNBOUNDED = String(8 * 1_024 * MB)

const megabytes = (bytes: number) => `${Math.round(bytes / MB)} MB`

async function usedByRedis(redis: Redis): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1])
}

/** The memory that our server reports, in bytes; undefined elsewhere. */
interface OwnMemory {
  readonly l1: number
  readonly heapUsed: number
  /** The bytes of buffers and other memory outside of the heap. */
  readonly external: number
}

async function ownMemory(url: string): Promise<OwnMemory | undefined> {
  const text = await metricsOf(url).catch(() => '')
  const sum = (name: string) =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{\\S*\\})? (\\S+)$`, 'gm'))].reduce(
      (all, [, value]) => all + Number(value),
      0,
    )
  return text.includes('\nevergreen_l1_bytes')
    ? {
        l1: sum('evergreen_l1_bytes'),
        heapUsed: sum('nodejs_heap_size_used_bytes'),
        external: sum('nodejs_external_memory_bytes'),
      }
    : undefined
}

function onDisk(): number {
  const folder = path.join(runningFolder(0), '.next/server')
  return Number(execFileSync('du', ['-sb', folder], { encoding: 'utf8' }).split('\t')[0])
}

export interface Weight {
  readonly row: Row
  /** Bytes in memory after the last visit. */
  readonly resident: number
  /** L1_MAX_BYTES of the process, where it has an L1. */
  readonly l1MaxBytes?: number
}

/** @param builtIn left out for our server alone, as it is configured */
export async function memory(
  own: Shop,
  builtIn: Shop | undefined,
  stores: BenchStores,
  entries: number,
): Promise<Weight[]> {
  const postgres = new pg.Pool({ connectionString: stores.databaseUrl, max: 1 })
  const products = await someProducts(postgres, Math.ceil(entries / LOCALES.length))
  await postgres.end()
  const paths = products
    .flatMap(({ path: page }) => LOCALES.map((locale) => page.replace('/en/', `/${locale}/`)))
    .slice(0, entries)
  const redis = new Redis(stores.redisUrl)
  const contestants: (readonly [Contestant, number?])[] = [
    [shopServer('Evergreen', own, stores, { environment: { L1_MAX_BYTES: String(L1_MAX_BYTES) } }), L1_MAX_BYTES],
    ...(builtIn
      ? ([
          [shopServer('Evergreen, L1 with room for all', own, stores, { environment: { L1_MAX_BYTES: UNBOUNDED } })],
          [shopServer('`next start`, built-in', builtIn, stores, {})],
        ] as const)
      : []),
  ]
  const weights: Weight[] = []
  for (const [contestant, l1MaxBytes] of contestants) {
    await redis.flushdb()
    const redisBefore = await usedByRedis(redis)
    weights.push(
      await contestant.run(async ({ url, pid }) => {
        await readPage(`${url}${paths[0]}`)
        const [before, diskBefore] = [residentBytes(pid), onDisk()]
        await pooled(paths, AT_ONCE, async (page) => void (await readPage(url + page)))
        const resident = residentBytes(pid)
        const says = await ownMemory(url)
        const row = [
          contestant.name,
          paths.length,
          megabytes(before),
          megabytes(resident),
          ...(says ? [says.heapUsed, says.external, says.l1].map(megabytes) : ['–', '–', '–']),
          megabytes((await usedByRedis(redis)) - redisBefore),
          megabytes(onDisk() - diskBefore),
        ]
        return { row, resident, ...(l1MaxBytes !== undefined && { l1MaxBytes }) }
      }),
    )
    process.stdout.write(`memory ${weights.at(-1)?.row.join(' | ')}\n`)
  }
  redis.disconnect()
  return weights
}
