/**
 * Incident 25: reader and writer spelled the keys of one cache each by itself, and drifted apart by case, by serialisation and
 * by tenant. Each delete answered 0, and the old value stayed.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  commitPrice,
  kernelInstance,
  KernelInstance,
  kernelStores,
  type KernelStores,
  versionInPostgres,
} from './story/kernel.ts'
import { recordStory, Timeline } from './story/story.ts'

const READS = 20
const LESSON = 'shows the new price when reader and writer spell the key of a page in two ways'

interface Drift {
  readonly what: string
  readonly productId: number
  /** By the reader, and by the writer. */
  readonly spellings: readonly [string, string]
  /** Before every key of the reader, as a library for several shops puts it there. */
  readonly tenant?: string
}

const DRIFTS: readonly Drift[] = [
  { what: 'case', productId: 1, spellings: ['page:/EN/Products/Mug-1', 'page:/en/products/mug-1'] },
  {
    what: 'serialisation',
    productId: 2,
    spellings: [JSON.stringify({ locale: 'en', id: 2 }), JSON.stringify({ id: 2, locale: 'en' })],
  },
  { what: 'tenant', productId: 3, spellings: ['shop-eu:page:3', 'page:3'], tenant: 'shop-eu:' },
]

let stores: KernelStores
let writer: KernelInstance
const [naive, ours] = [new Timeline(), new Timeline()]
beforeAll(async () => {
  stores = await kernelStores()
  writer = await kernelInstance(stores)
})
afterAll(async () => {
  await writer.stop()
  await stores.close()
  const old = (run: Timeline) => `${run.count('stale')} of ${run.reads.length}`
  recordStory({
    number: 25,
    lesson: LESSON,
    naive,
    ours,
    figures: [`reads of the old price, over three kinds of drift: ${old(naive)}, and ${old(ours)}`],
  })
})

/** Cache-aside with a speller on each side. @returns what the delete of the writer answered */
async function driftNaively({ what, productId, spellings: [read, written] }: Drift): Promise<number> {
  const redis = stores.redis.direct
  const shown = async () => {
    const kept = await redis.get(read)
    if (kept !== null) return Number(kept)
    const version = await versionInPostgres(stores, productId)
    await redis.set(read, version)
    return version
  }
  await shown()
  const { version } = await commitPrice(stores, productId)
  const deleted = await redis.del(written)
  naive.mark(`${what}: edit, delete`)
  for (let i = 0; i < READS; i++) naive.read((await shown()) < version ? 'stale' : 'current')
  await redis.del(read)
  return deleted
}

test.each(DRIFTS)(`${LESSON}: $what`, async (drift) => {
  const { what, productId, spellings, tenant } = drift
  const before = naive.count('stale')
  expect(await driftNaively(drift), 'what the delete found').toBe(0)
  expect(naive.count('stale') - before).toBe(READS)

  // The prefix of another tenant is an index of its own, which Postgres knows nothing of: it is never believed.
  const reader = tenant === undefined ? await kernelInstance(stores) : new KernelInstance(stores, { keyPrefix: tenant })
  try {
    // One page, kept under each of the spellings: what it is called says nothing of what it was made from.
    const { pages } = reader.coherence
    const old = await versionInPostgres(stores, productId)
    const isShown = async (key: string) => (await pages.get(key))?.entry.dependencies.versions.get(`price:${productId}`)
    for (const key of spellings) {
      await pages.put(key, await reader.entry([{ kind: 'price', id: productId, version: old }]))
      const shown = await isShown(key)
      expect(shown, `the page under ${key}`).toBe(old)
    }
    const { version } = await commitPrice(stores, productId)
    const isLive = await writer.coherence.publisher.publish([{ kind: 'price', id: productId, version }])
    expect(isLive).toBe(true)
    ours.mark(`${what}: edit, live`)
    for (let i = 0; i < READS; i++) {
      for (const key of spellings) ours.read((await isShown(key)) === old ? 'stale' : 'current')
    }
    expect(ours.count('stale')).toBe(0)
    expect(await reader.shown(productId)).toBe(version)
    expect(reader.coherence.index.trusted, 'an index under another prefix').toBe(tenant === undefined)
  } finally {
    await reader.stop()
  }
})
