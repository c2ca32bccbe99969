/** One run: edits placed in the middle of a render, then every page is read again on every instance. */
import { setTimeout as wait } from 'node:timers/promises'
import { Redis } from 'ioredis'
import pg from 'pg'
import { editsFor } from '../lib/edits.ts'
import { withInstances, type WebInstance } from '../lib/instances.ts'
import { currentVersions, isStale, readPage, someProducts, type PageReading, type ProductRef } from '../lib/pages.ts'
import { pooled } from '../lib/pooled.ts'
import type { Shop } from '../lib/shop.ts'
import type { BenchStores } from '../lib/stores.ts'

export interface RaceResult {
  readonly edits: number
  /** Edits that were acknowledged after the render had read the price, and before it could be stored. */
  readonly inTheMiddle: number
  readonly pagesRead: number
  readonly stale: number
  readonly errors: number
  /** The pages from a cache, of those that were read once more. */
  readonly kept: string
}

/** Milliseconds between a render's read of the price and the end of that render. */
const RENDER_DELAY_MS = 1_000
/** Milliseconds after the visitor's request. */
const EDIT_AFTER_MS = 500
/** As many renders are let through: one that waited for its turn would not have read the price yet. */
const AT_ONCE = 40
/** Looked at before the next ones: Next's own cache in memory holds about 400 of these pages. */
const BATCH = 120
/** The number of pages of each batch to read again. */
const READ_AGAIN = 10
const FAILED: PageReading = { status: 0, versions: new Map(), renderedAt: '', cache: '', ms: 0 }

export async function race(shop: Shop, instances: number, edits: number, stores: BenchStores): Promise<RaceResult> {
  const redis = new Redis(stores.redisUrl)
  await redis.flushdb()
  redis.disconnect()
  const postgres = new pg.Pool({ connectionString: stores.databaseUrl, max: 5 })
  try {
    const products = await someProducts(postgres, edits)
    const edit = await editsFor(shop.subject, postgres, stores)
    return await withInstances(
      shop,
      instances,
      stores,
      { environment: { TEST_RENDER_DELAY_MS: String(RENDER_DELAY_MS), RENDERS_AT_ONCE: String(AT_ONCE) } },
      async (fleet) => {
        const at = (index: number): WebInstance => {
          const instance = fleet[index % fleet.length]
          if (!instance) throw new Error('no instance')
          return instance
        }
        const sum = { inTheMiddle: 0, pagesRead: 0, stale: 0, errors: 0, readAgain: 0, kept: 0 }

        const raceFor = async ({ id, path }: ProductRef, index: number) => {
          const before = (await currentVersions(postgres, [id])).get(id) ?? 0
          const start = performance.now()
          const first = readPage(at(index).url + path).catch((): PageReading => FAILED)
          await wait(EDIT_AFTER_MS)
          await edit(id, at(index + 1))
          const acknowledged = performance.now() - start
          const { status, versions, ms } = await first
          if (status !== 200) sum.errors++
          // It had read the old price: it shows it, or it rendered once more because of the edit.
          const hadRead = versions.get(id) === before || ms >= 2 * RENDER_DELAY_MS
          if (hadRead && acknowledged < RENDER_DELAY_MS) sum.inTheMiddle++
        }

        for (let from = 0; from < products.length; from += BATCH) {
          const batch = products.slice(from, from + BATCH)
          await pooled(batch, AT_ONCE, raceFor)
          const current = await currentVersions(postgres)
          const reads = batch.flatMap(({ path }) => fleet.map(({ url }) => url + path))
          await pooled(reads, AT_ONCE, async (url) => {
            const page = await readPage(url)
            sum.pagesRead++
            if (page.status !== 200) sum.errors++
            else if (isStale(page, current)) sum.stale++
          })
          await pooled(reads.slice(0, READ_AGAIN), AT_ONCE, async (url) => {
            sum.readAgain++
            if ((await readPage(url)).renderedAt === (await readPage(url)).renderedAt) sum.kept++
          })
        }
        return { edits, ...sum, kept: `${Math.round((100 * sum.kept) / sum.readAgain)} %` }
      },
    )
  } finally {
    await postgres.end()
  }
}
