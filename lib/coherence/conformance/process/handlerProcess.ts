/**
 * A web instance reduced to its cache handlers, in a process of its own. Next's own `IncrementalCache` calls the page
 * cache; the data cache is called as Next's `use-cache-wrapper` calls it. The parent says what happens when.
 */
import path from 'node:path'
import { z } from 'zod'
import {
  described,
  PAGE_KINDS,
  type DataRead,
  type HandlerSetup,
  type HandlerSource,
  type PageRead,
} from '../protocol.ts'
import { ImageOptimizerCache } from 'next/dist/server/image-optimizer.js'
import { createDefaultCacheHandler } from 'next/dist/server/lib/cache-handlers/default.js'
import type { CacheEntry, CacheHandler } from 'next/dist/server/lib/cache-handlers/types.js'
import { IncrementalCache } from 'next/dist/server/lib/incremental-cache/index.js'
import { nodeFs } from 'next/dist/server/lib/node-fs-methods.js'

const setup: HandlerSetup = JSON.parse(process.argv[2] ?? '{}')
const route = { kind: 'APP_PAGE', sourceRoute: '/[locale]/products/[slug]/page' }
const preview = { previewModeId: 'x', previewModeSigningKey: 'x', previewModeEncryptionKey: 'x' }

async function load(source: Exclude<HandlerSource, 'built-in'>) {
  const loaded = await import(source.module)
  return loaded.default
}

const CurCacheHandler = setup.page === 'built-in' ? undefined : await load(setup.page)
const data: CacheHandler =
  setup.data === 'built-in' ? createDefaultCacheHandler(setup.memoryBytes) : await load(setup.data)

/** Next's own types name kinds by constants that exist only while it is compiled. */
const isObject = (value: unknown) => typeof value === 'object'
const imageConfig = z.custom<ConstructorParameters<typeof ImageOptimizerCache>[0]['nextConfig']>(isObject)

const requests: IncrementalCache[] = []
const fills: {
  resolve: (entry: CacheEntry) => void
  reject: (error: Error) => void
  startedAt: number
  stored: Promise<unknown>
}[] = []

function newCache(): IncrementalCache {
  return new IncrementalCache({
    fs: nodeFs,
    dev: false,
    flushToDisk: true,
    minimalMode: false,
    serverDistDir: path.join(setup.distDir, 'server'),
    requestHeaders: {},
    maxMemoryCacheSize: setup.memoryBytes,
    prerenderManifest: { version: 4, routes: {}, dynamicRoutes: {}, notFoundRoutes: [], preview },
    previewProps: preview,
    CurCacheHandler,
  })
}

/** Next makes one handler for all images of a process, and keeps them on disk when none is configured. */
const images = new ImageOptimizerCache({
  distDir: setup.distDir,
  nextConfig: imageConfig.parse({ images: { minimumCacheTTL: 1 }, experimental: { isrFlushToDisk: true } }),
  cacheHandler:
    CurCacheHandler &&
    new CurCacheHandler({
      dev: false,
      flushToDisk: true,
      serverDistDir: path.join(setup.distDir, 'server'),
      maxMemoryCacheSize: setup.memoryBytes,
      revalidatedTags: [],
      _requestHeaders: {},
    }),
})

const now = () => performance.timeOrigin + performance.now()

const fetched = z.object({ kind: z.literal('FETCH') })
const kindSchema = z.enum(PAGE_KINDS)
const softTagsSchema = z.array(z.string())
const durationsSchema = z.object({ expire: z.number().optional() }).optional()
const setOptions = z.object({ revalidate: z.number(), expire: z.number(), tags: z.array(z.string()).optional() })
const fillEnd = z.discriminatedUnion('how', [
  z.object({
    how: z.literal('value'),
    text: z.string(),
    tags: z.array(z.string()),
    revalidate: z.number().optional(),
    expire: z.number().optional(),
  }),
  z.object({ how: z.literal('fails') }),
  z.object({ how: z.literal('breaks') }),
])
const cacheValue = z.custom<Parameters<IncrementalCache['set']>[1]>(isObject)
const imageValue = z.custom<Parameters<ImageOptimizerCache['set']>[1]>(isObject)
const setContext = z.custom<Parameters<IncrementalCache['set']>[2]>(isObject)
const getContext = z.custom<Parameters<IncrementalCache['get']>[1]>(isObject)

function getContextOf(key: string, kind: z.infer<typeof kindSchema>, softTags: string[]): object {
  switch (kind) {
    case 'FETCH':
      return { kind, fetchUrl: key, fetchIdx: 1, tags: [], softTags }
    case 'APP_PAGE':
    case 'SHELL':
      return { kind: 'APP_PAGE', isFallback: kind === 'SHELL', isRoutePPREnabled: true, route }
    default:
      return { kind, isFallback: false, route }
  }
}

async function get(
  request: number,
  key: string,
  kindName: z.infer<typeof kindSchema>,
  softTags: string[],
): Promise<PageRead> {
  const cache = requests[request]
  if (!cache) throw new Error(`no request ${request}`)
  const found =
    kindName === 'IMAGE'
      ? await images.get(key)
      : await cache.get(key, getContext.parse(getContextOf(key, kindName, softTags)))
  if (!found || found.isStale === -1) return { verdict: 'miss', value: undefined }
  return { verdict: found.isStale ? 'stale' : 'fresh', value: described(found.value) }
}

async function set(
  request: number,
  key: string,
  kind: z.infer<typeof kindSchema>,
  value: unknown,
  options: unknown,
): Promise<void> {
  const { revalidate, expire, tags } = setOptions.parse(options)
  if (kind === 'IMAGE')
    return images.set(key, imageValue.parse(value), { cacheControl: { revalidate, expire: undefined } })
  const context = fetched.safeParse(value).success
    ? { fetchCache: true, tags: tags ?? [], fetchUrl: key, fetchIdx: 1 }
    : { cacheControl: { revalidate, expire }, isFallback: kind === 'SHELL', isRoutePPREnabled: true, route }
  await requests[request]?.set(key, cacheValue.parse(value), setContext.parse(context))
}

async function revalidate(tags: string[], durations: { expire?: number | undefined } | undefined): Promise<void> {
  const given = durations && (durations.expire === undefined ? {} : { expire: durations.expire })
  await Promise.all([
    given ? data.updateTags(tags, given) : data.updateTags(tags),
    newCache().revalidateTag(tags, given),
  ])
}

async function dataGet(key: string, softTags: string[]): Promise<DataRead> {
  await data.refreshTags()
  const expiration = await data.getExpiration(softTags)
  const entry = await data.get(key, softTags)
  if (!entry || (expiration < Infinity && entry.timestamp <= expiration)) return { verdict: 'miss' }
  const { value, tags, stale, revalidate, expire } = entry
  const chunks = await Array.fromAsync(value)
  const verdict =
    now() > entry.timestamp + expire * 1000 ? 'miss' : now() > entry.timestamp + revalidate * 1000 ? 'stale' : 'fresh'
  return { verdict, text: Buffer.concat(chunks).toString(), tags, stale, revalidate, expire }
}

async function dataBegin(key: string): Promise<number> {
  const startedAt = now()
  const { promise, resolve, reject } = Promise.withResolvers<CacheEntry>()
  promise.catch(() => undefined)
  const stored = data.set(key, promise)
  stored.catch(() => undefined) // dataEnd reports it to the parent
  return fills.push({ resolve, reject, startedAt, stored }) - 1
}

function stream(text: string, breaks: boolean): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from(text))
      if (breaks) controller.error(new Error('the stream broke'))
      else controller.close()
    },
  })
}

/** @returns once the handler has kept the value or refused it */
async function dataEnd(id: number, end: z.infer<typeof fillEnd>): Promise<void> {
  const fill = fills[id]
  if (!fill) throw new Error(`no fill ${id}`)
  if (end.how === 'fails') fill.reject(new Error('the function threw'))
  else {
    const value = end.how === 'value' ? end : { text: 'half of it', tags: [], revalidate: undefined, expire: undefined }
    fill.resolve({
      value: stream(value.text, end.how === 'breaks'),
      tags: value.tags,
      stale: 30,
      timestamp: fill.startedAt,
      revalidate: value.revalidate ?? 3_600,
      expire: value.expire ?? 86_400,
    })
  }
  await fill.stored.catch(() => undefined)
}

const anyRequest = z.number()
const operations: Record<string, (args: unknown[]) => Promise<unknown>> = {
  open: async () => requests.push(newCache()) - 1,
  get: ([request, key, kind, softTags]) =>
    get(anyRequest.parse(request), z.string().parse(key), kindSchema.parse(kind), softTagsSchema.parse(softTags)),
  set: ([request, key, kind, value, options]) =>
    set(anyRequest.parse(request), z.string().parse(key), kindSchema.parse(kind), value, options),
  revalidate: ([tags, durations]) =>
    revalidate(softTagsSchema.parse(tags), durationsSchema.parse(durations ?? undefined)),
  dataGet: ([key, softTags]) => dataGet(z.string().parse(key), softTagsSchema.parse(softTags)),
  dataBegin: ([key]) => dataBegin(z.string().parse(key)),
  dataEnd: ([fill, end]) => dataEnd(anyRequest.parse(fill), fillEnd.parse(end)),
}

const message = z.object({ id: z.number(), operation: z.string(), args: z.array(z.unknown()) })
process.on('message', async (raw) => {
  const { id, operation, args } = message.parse(raw)
  try {
    process.send?.({ id, result: await operations[operation]?.(args) })
  } catch (error) {
    process.send?.({ id, error: String(error) })
  }
})
process.on('disconnect', () => process.exit(0))
process.send?.({ id: -1 })
