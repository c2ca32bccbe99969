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
  /** Of the pages that were read once more, those that came from a cache. */
  readonly kept: string
}

/** Milliseconds between a render's read of the price and the end of that render. */
const RENDER_DELAY_MS = 800
/** Milliseconds after the visitor's request. */
const EDIT_AFTER_MS = 400
const AT_ONCE = 20
const READ_AGAIN = 50

export async function race(shop: Shop, instances: number, edits: number, stores: BenchStores): Promise<RaceResult> {
  const redis = new Redis(stores.redisUrl)
  await redis.flushdb()
  redis.disconnect()
  const postgres = new pg.Pool({ connectionString: stores.databaseUrl, max: 5 })
  try {
    const products = await someProducts(postgres, edits)
    const edit = await editsFor(shop.subject, postgres, stores)
    return await withInstances(shop, instances, stores, { environment: { TEST_RENDER_DELAY_MS: String(RENDER_DELAY_MS) } }, async (fleet) => {
      const at = (index: number): WebInstance => {
        const instance = fleet[index % fleet.length]
        if (!instance) throw new Error('no instance')
        return instance
      }
      let inTheMiddle = 0
      let errors = 0
      await pooled(products, AT_ONCE, async ({ id, path }: ProductRef, index) => {
        const before = (await currentVersions(postgres)).get(id) ?? 0
        const start = performance.now()
        const first = readPage(at(index).url + path).catch((): PageReading => ({ status: 0, versions: new Map(), renderedAt: '', cache: '', ms: 0 }))
        await wait(EDIT_AFTER_MS)
        await edit(id, at(index + 1))
        const acknowledged = performance.now() - start
        const { status, versions, ms } = await first
        if (status !== 200) errors++
        // It had read the old price: it shows it, or it rendered once more because of the edit.
        const hadRead = versions.get(id) === before || ms >= 2 * RENDER_DELAY_MS
        if (hadRead && acknowledged < RENDER_DELAY_MS) inTheMiddle++
      })
      const current = await currentVersions(postgres)
      const reads = products.flatMap(({ path }) => fleet.map(({ url }) => url + path))
      let stale = 0
      await pooled(reads, AT_ONCE, async (url) => {
        const page = await readPage(url)
        if (page.status !== 200) errors++
        else if (isStale(page, current)) stale++
      })
      let kept = 0
      const again = reads.slice(0, READ_AGAIN)
      await pooled(again, AT_ONCE, async (url) => {
        if ((await readPage(url)).renderedAt === (await readPage(url)).renderedAt) kept++
      })
      return { edits, inTheMiddle, pagesRead: reads.length, stale, errors, kept: `${Math.round((100 * kept) / again.length)} %` }
    })
  } finally {
    await postgres.end()
  }
}
