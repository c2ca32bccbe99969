/** The textbook's arithmetic beside a measurement in scaled time: a TTL of 0.6 s stands for one of a minute. */
import { setTimeout as delay } from 'node:timers/promises'
import { purgeWithTtl } from './known/purgeOnWrite.ts'
import { ttlOnly } from './known/ttlOnly.ts'
import { clockMs } from './messages.ts'
import { openProcess } from './process.ts'
import { openStores, type StoreOptions } from './strategyStores.ts'

type Stores = Pick<StoreOptions, 'databaseUrl' | 'redisUrl'>

const PRODUCTS = 30
const ids = Array.from({ length: PRODUCTS }, (_, i) => i + 1)
export const SCALED_TTL_MS = 600
/** More than are lost in practice, so that a short run sees some: what one costs does not depend on it. */
const LOST_ONE_IN = 20
const [POLL_MS, REST_MS, LOST_FOR_MS] = [10, 300, 16_000]

export interface LostPurges {
  readonly edits: number
  readonly lost: number
  /** Milliseconds, in the mean, from the commit of an edit whose purge was lost to the last read that did not show it. */
  readonly oldForMs: number
}

/** A page that is always asked for, with a TTL, whose purge is lost now and then. */
export async function measureLostPurges(stores: Stores): Promise<LostPurges> {
  const own = await openStores({ ...stores, products: PRODUCTS, ttlMs: SCALED_TTL_MS, versioned: false })
  let sent = 0
  const web = await openProcess(own.address)
  const worker = await openProcess(own.address, { loses: () => ++sent % LOST_ONE_IN === 0 })
  try {
    const reader = await purgeWithTtl.reader(web)
    const writer = await purgeWithTtl.writer(worker)
    const windows: number[] = []
    const until = clockMs() + LOST_FOR_MS
    let edits = 0
    const editAndWatch = async (id: number) => {
      for (let amount = 2; clockMs() < until; amount++) {
        await delay(SCALED_TTL_MS + Math.random() * REST_MS + REST_MS / 2)
        const before = sent
        await writer.write([id])
        const committed = clockMs()
        edits++
        let last = committed
        for (;;) {
          const began = clockMs()
          if ((await reader.read(id)) >= amount) break
          last = began
          await delay(POLL_MS)
        }
        if (last > committed && sent > before) windows.push(last - committed)
      }
    }
    // A page that is always asked for is filled at once when it expires.
    const visits = ids.map(async (id) => {
      while (clockMs() < until) {
        await reader.read(id)
        await delay(POLL_MS)
      }
    })
    await Promise.all([...visits, ...ids.map(editAndWatch)])
    return {
      edits,
      lost: Math.floor(sent / LOST_ONE_IN),
      oldForMs: windows.reduce((sum, ms) => sum + ms, 0) / Math.max(1, windows.length),
    }
  } finally {
    await web.close()
    await worker.close()
    await own.close()
  }
}

export interface TtlPoint {
  readonly ttlMs: number
  readonly reads: number
  /** Shares of the reads: measured, and as the formula says. */
  readonly hits: number
  readonly hitsExpected: number
  readonly stale: number
  readonly staleExpected: number
}

/** Reads and edits of each page, a second. */
const [READS, EDITS] = [8, 0.4]
const TTL_FOR_MS = 12_000
const exponentialMs = (perSecond: number) => (-1_000 * Math.log(1 - Math.random())) / perSecond

/** Hits and stale reads of a TTL alone, where reads and edits come at random. */
export async function measureTtl(stores: Stores, ttlMs: number): Promise<TtlPoint> {
  const own = await openStores({ ...stores, products: PRODUCTS, ttlMs, versioned: false })
  const web = await openProcess(own.address, {})
  const worker = await openProcess(own.address, {})
  try {
    const reader = await ttlOnly.reader(web)
    const writer = await ttlOnly.writer(worker)
    const until = clockMs() + TTL_FOR_MS
    const current = new Map<number, number>()
    let [reads, stale] = [0, 0]
    const visit = async (id: number) => {
      for (; clockMs() < until; await delay(exponentialMs(READS))) {
        const expected = current.get(id) ?? 1
        reads++
        if ((await reader.read(id)) < expected) stale++
      }
    }
    const edit = async (id: number) => {
      for (await delay(exponentialMs(EDITS)); clockMs() < until; await delay(exponentialMs(EDITS))) {
        await writer.write([id])
        current.set(id, (current.get(id) ?? 1) + 1)
      }
    }
    await Promise.all([...ids.map(visit), ...ids.map(edit)])
    const [perTtl, changes] = [(READS * ttlMs) / 1_000, (EDITS * ttlMs) / 1_000]
    const hitsExpected = perTtl / (1 + perTtl)
    return {
      ttlMs,
      reads,
      hits: 1 - web.queries() / reads,
      hitsExpected,
      stale: stale / reads,
      // The hits that come after an edit within the TTL.
      staleExpected: hitsExpected * (1 - (1 - Math.exp(-changes)) / changes),
    }
  } finally {
    await web.close()
    await worker.close()
    await own.close()
  }
}
