/** The weight of many entries: in the process, in Redis, on disk. */
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
import { overEdits, type OverEdits } from './overEdits.ts'
import { ownMemory, usedByRedis } from './ownMemory.ts'
import { residentBytes } from './processes.ts'

const AT_ONCE = 4
const MB = 2 ** 20
/** The default of the setting, given so that the budget is judged against what the process has. */
const L1_MAX_BYTES = 256 * MB
/** More than all entries weigh. */
const UNBOUNDED = String(8 * 1_024 * MB)

const megabytes = (bytes: number) => `${Math.round(bytes / MB)} MB`

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
  /** Of that process, with all the pages in its caches. */
  readonly overEdits?: OverEdits
}

interface Plan {
  /** Left out for our server alone, as it is configured. */
  readonly builtIn: Shop | undefined
  /** The number of pages. */
  readonly entries: number
  /** The number of edits after them; 0 for none. */
  readonly edits: number
}

export async function memory(own: Shop, stores: BenchStores, { builtIn, entries, edits }: Plan): Promise<Weight[]> {
  const postgres = new pg.Pool({ connectionString: stores.databaseUrl, max: 32 })
  postgres.on('error', () => undefined) // One that is idle when the stores end.
  const products = await someProducts(postgres, Math.ceil(entries / LOCALES.length))
  const pages = products
    .flatMap(({ id, path: page }) => LOCALES.map((locale) => ({ id, path: page.replace('/en/', `/${locale}/`) })))
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
      await contestant.run(async (server) => {
        const { url, pid } = server
        await readPage(`${url}${pages[0]?.path}`)
        const [before, diskBefore] = [residentBytes(pid), onDisk()]
        await pooled(pages, AT_ONCE, async ({ path: page }) => void (await readPage(url + page)))
        const resident = residentBytes(pid)
        const says = await ownMemory(url)
        const row = [
          contestant.name,
          pages.length,
          megabytes(before),
          megabytes(resident),
          ...(says ? [says.heapUsed, says.external, says.l1].map(megabytes) : ['–', '–', '–']),
          megabytes((await usedByRedis(redis)) - redisBefore),
          megabytes(onDisk() - diskBefore),
        ]
        process.stdout.write(`memory ${row.join(' | ')}\n`)
        if (l1MaxBytes === undefined) return { row, resident }
        if (edits === 0) return { row, resident, l1MaxBytes }
        const over = await overEdits({ web: server, stores, postgres, redis, pages, edits })
        return { row, resident, l1MaxBytes, overEdits: over }
      }),
    )
  }
  await postgres.end()
  redis.disconnect()
  return weights
}
