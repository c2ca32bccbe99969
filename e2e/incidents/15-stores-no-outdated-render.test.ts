/** Incident 15: a page was rendered while its tag was revalidated, and stored as fresh for a year. */
import { IncrementalCache } from 'next/dist/server/lib/incremental-cache/index.js'
import { nodeFs } from 'next/dist/server/lib/node-fs-methods.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { pageCacheHandler } from '#lib/coherence/next.ts'
import {
  commitPrice,
  kernelInstance,
  type KernelInstance,
  kernelStores,
  type KernelStores,
  versionInPostgres,
} from './story/kernel.ts'
import { recordStory, Timeline } from './story/story.ts'

const ROUNDS = 5
const READS = 10
const YEAR_S = 31_536_000

let stores: KernelStores
let instance: KernelInstance

beforeAll(async () => {
  stores = await kernelStores()
  instance = await kernelInstance(stores)
})
afterAll(async () => {
  await instance.stop()
  await stores.close()
})

interface Page {
  readonly headers?: { readonly 'x-next-cache-tags'?: string }
}

/** The handler that Next's manual shows: what carries a tag is deleted when the tag is revalidated. */
function manualHandler() {
  const kept = new Map<string, { value: Page | null; lastModified: number; tags: readonly string[] }>()
  return class {
    async get(key: string) {
      return kept.get(key) ?? null
    }
    async set(key: string, value: Page | null) {
      kept.set(key, { value, lastModified: Date.now(), tags: value?.headers?.['x-next-cache-tags']?.split(',') ?? [] })
    }
    async revalidateTag(tags: string | string[]) {
      for (const [key, entry] of kept) if (entry.tags.some((tag) => [tags].flat().includes(tag))) kept.delete(key)
    }
    resetRequestCache() {}
  }
}

type Options = ConstructorParameters<typeof IncrementalCache>[0]
const isFunction = (value: unknown) => typeof value === 'function'
const handlerClass = z.custom<NonNullable<Options['CurCacheHandler']>>(isFunction)
const PREVIEW = { previewModeId: 'x', previewModeSigningKey: 'x', previewModeEncryptionKey: 'x' }

/** Next's own cache of one request, over a handler. */
function nextCache(handler: unknown): IncrementalCache {
  return new IncrementalCache({
    fs: nodeFs,
    dev: false,
    flushToDisk: true,
    minimalMode: false,
    serverDistDir: '',
    requestHeaders: {},
    maxMemoryCacheSize: 0,
    prerenderManifest: { version: 4, routes: {}, dynamicRoutes: {}, notFoundRoutes: [], preview: PREVIEW },
    previewProps: PREVIEW,
    CurCacheHandler: handlerClass.parse(handler),
  })
}

const ROUTE = { kind: 'APP_PAGE', sourceRoute: '/[locale]/products/[slug]/page' }
const getContext = z
  .custom<Parameters<IncrementalCache['get']>[1]>(() => true)
  .parse({
    kind: 'APP_PAGE',
    isFallback: false,
    isRoutePPREnabled: true,
    route: ROUTE,
  })
const setContext = z
  .custom<Parameters<IncrementalCache['set']>[2]>(() => true)
  .parse({
    cacheControl: { revalidate: YEAR_S, expire: YEAR_S },
    isFallback: false,
    isRoutePPREnabled: true,
    route: ROUTE,
  })
const nextPage = z.custom<Parameters<IncrementalCache['set']>[1]>(() => true)

function pageOf(productId: number, version: number) {
  const tags = `price:${productId},price:${productId}@${version}`
  return nextPage.parse({
    kind: 'APP_PAGE',
    html: `<p data-price-version="${version}">`,
    rscData: Buffer.from(String(version)),
    headers: { 'x-next-cache-tags': tags },
    status: 200,
    segmentData: new Map(),
  })
}

const shownBy = z.object({ value: z.object({ html: z.string().regex(/data-price-version="\d+"/) }) })

/** A render in whose middle its tag is revalidated, and then visits. @returns visits that were answered with the old page */
async function renderAndRevalidate(handler: unknown, productId: number, timeline: Timeline): Promise<number> {
  const key = `/en/products/${productId}`
  const visitor = nextCache(handler)
  expect(await visitor.get(key, getContext)).toBe(null)
  const page = pageOf(productId, await versionInPostgres(stores, productId))
  const { version } = await commitPrice(stores, productId)
  await nextCache(handler).revalidateTag(`price:${productId}`, { expire: 0 })
  await visitor.set(key, page, setContext)
  if (productId === 1) timeline.mark('revalidated while it rendered, then stored; four more pages follow')
  let old = 0
  for (let read = 0; read < READS; read++) {
    const request = nextCache(handler)
    const found = await request.get(key, getContext)
    if (!found || found.isStale === -1) {
      await request.set(key, pageOf(productId, await versionInPostgres(stores, productId)), setContext)
      timeline.read('current')
      continue
    }
    const isOld = !shownBy.parse(found).value.html.includes(`"${version}"`)
    timeline.read(isOld ? 'stale' : 'current')
    if (isOld && !found.isStale) old++
  }
  return old
}

test('does not store a page that was rendered while its tag was revalidated as fresh', async ({ task }) => {
  const [naiveRun, ourRun] = [new Timeline(), new Timeline()]
  const handlers = { naive: manualHandler(), ours: pageCacheHandler(() => instance.coherence) }
  const old = { naive: 0, ours: 0 }
  for (let productId = 1; productId <= ROUNDS; productId++) {
    old.naive += await renderAndRevalidate(handlers.naive, productId, naiveRun)
    old.ours += await renderAndRevalidate(handlers.ours, productId, ourRun)
  }
  expect(old.naive, 'each visit, for a year').toBe(ROUNDS * READS)
  expect(old.ours).toBe(0)
  expect(ourRun.count('current')).toBe(ROUNDS * READS)
  recordStory({
    number: 15,
    lesson: task.name,
    naive: naiveRun,
    ours: ourRun,
    figures: [`visits that were answered with the old page: ${old.naive} of ${ROUNDS * READS}, and ${old.ours}`],
  })
})
