/** What many entries weigh: in the process, in Redis, on disk. */
import { LOCALES } from '../../lib/platform/locales.ts'
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { Redis } from 'ioredis'
import pg from 'pg'
import { runningFolder } from '../lib/instances.ts'
import { readPage, someProducts } from '../lib/pages.ts'
import type { Row } from '../lib/report.ts'
import type { Shop } from '../lib/shop.ts'
import type { BenchStores } from '../lib/stores.ts'
import { pooled } from '../lib/pooled.ts'
import { shopServer, type Contestant } from './contestants.ts'
import { residentBytes } from './processes.ts'

const AT_ONCE = 4
const MB = 2 ** 20
/** More than all entries weigh. */
const ROOMY = String(8 * 1_024 * MB)

const megabytes = (bytes: number) => `${Math.round(bytes / MB)} MB`

async function usedByRedis(redis: Redis): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1])
}

/** Bytes in L1, from the metrics of our server; undefined elsewhere. */
async function inL1(url: string): Promise<number | undefined> {
  const text = await fetch(`${url}/api/metrics`).then(
    (response) => (response.ok ? response.text() : ''),
    () => '',
  )
  const found = [...text.matchAll(/^evergreen_l1_bytes\S*\s+(\S+)$/gm)].map(([, value]) => Number(value))
  return found.length === 0 ? undefined : found.reduce((sum, value) => sum + value, 0)
}

function onDisk(): number {
  const folder = path.join(runningFolder(0), '.next/server')
  return Number(execFileSync('du', ['-sb', folder], { encoding: 'utf8' }).split('\t')[0])
}

export async function memory(own: Shop, builtIn: Shop, stores: BenchStores, entries: number): Promise<Row[]> {
  const postgres = new pg.Pool({ connectionString: stores.databaseUrl, max: 1 })
  const products = await someProducts(postgres, Math.ceil(entries / LOCALES.length))
  await postgres.end()
  const paths = products
    .flatMap(({ path: page }) => LOCALES.map((locale) => page.replace('/en/', `/${locale}/`)))
    .slice(0, entries)
  const redis = new Redis(stores.redisUrl)
  const contestants: Contestant[] = [
    shopServer('Evergreen', own, stores, {}),
    shopServer('Evergreen, L1 with room for all', own, stores, { environment: { L1_MAX_BYTES: ROOMY } }),
    shopServer('`next start`, built-in', builtIn, stores, {}),
  ]
  const rows: Row[] = []
  for (const contestant of contestants) {
    await redis.flushdb()
    const redisBefore = await usedByRedis(redis)
    rows.push(
      await contestant.run(async ({ url, pid }) => {
        await readPage(`${url}${paths[0]}`)
        const [before, diskBefore] = [residentBytes(pid), onDisk()]
        await pooled(paths, AT_ONCE, async (page) => void (await readPage(url + page)))
        const l1 = await inL1(url)
        const inRedis = (await usedByRedis(redis)) - redisBefore
        return [
          contestant.name,
          paths.length,
          megabytes(before),
          megabytes(residentBytes(pid)),
          l1 === undefined ? '–' : megabytes(l1),
          megabytes(inRedis),
          megabytes(onDisk() - diskBefore),
        ]
      }),
    )
    process.stdout.write(`memory ${rows.at(-1)?.join(' | ')}\n`)
  }
  redis.disconnect()
  return rows
}
