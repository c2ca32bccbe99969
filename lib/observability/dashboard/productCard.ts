/** A product's freshness card: every layer read now, past the caches of this process, and where it is behind. */
import { redisKeys } from '#lib/platform/redisKeys.ts'
import type { Redis } from 'ioredis'
import type { Db } from '#lib/platform/db.ts'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { tag } from '#lib/coherence/index.ts'
import { parseTagState } from '#lib/coherence/protocol/tagState.ts'
import { PROBE_HEADER } from '#lib/coherence/index.ts'
import { pageVersions } from '#lib/catalog/pageStatement.ts'
import { judgeLayer, type LayerVerdict } from './layerVerdict.ts'

const READ_TIMEOUT_MS = 5_000
const RENDERED_AT = /<meta name="rendered-at" content="([^"]*)"/

export interface CardContext {
  readonly db: Db
  readonly indexRedis: Redis
  readonly cacheRedis: Redis
  /** Each web instance, and the edge where there is one. */
  readonly webUrls: readonly string[]
  readonly edgeUrl: string | undefined
  readonly locales: readonly string[]
}

/** One layer as it was read. */
interface LayerReading {
  readonly layer: 'index' | 'applied' | 'payload' | 'page' | 'edge'
  /** Where: `web 1 · de`. */
  readonly place: string
  readonly version: number | undefined
  /** When what was read was made, where the layer says so. */
  readonly since: Date | undefined
  readonly note: string | undefined
  /** Why there is no version. */
  readonly error: string | undefined
}

export interface FreshnessCard {
  readonly readAt: Date
  readonly source: { version: number; amountCents: number; versionUpdatedAt: Date }
  readonly layers: readonly (LayerReading & LayerVerdict)[]
}

async function reading(
  base: Pick<LayerReading, 'layer' | 'place'>,
  read: () => Promise<Partial<LayerReading>>,
): Promise<LayerReading> {
  const nothing = { version: undefined, since: undefined, note: undefined, error: undefined }
  try {
    return { ...nothing, ...base, ...(await read()) }
  } catch (error) {
    return { ...nothing, ...base, error: error instanceof Error ? error.message : String(error) }
  }
}

async function readIndex(redis: Redis, productId: number): Promise<Partial<LayerReading>> {
  const text = await redis.get(keys.tag(tag('price', productId)))
  const { version } = parseTagState(text)
  return version > 0 ? { version } : { note: 'Not in the index: the next read takes the version from Postgres.' }
}

async function readApplied(db: Db, productId: number): Promise<Partial<LayerReading>> {
  const row = await db.priceIndex.findUnique({ where: { productId } })
  return row
    ? { version: Number(row.version), since: row.appliedAt }
    : { note: 'The consumer has never applied a change of this price.' }
}

/** The payload of the version that Postgres has; one of another version is never read. */
async function readPayload(
  redis: Redis,
  productId: number,
  version: number,
  amountCents: number,
): Promise<Partial<LayerReading>> {
  const text = await redis.get(redisKeys.price(productId, version))
  if (text === null) return { note: 'Not cached: the next read fills it from Postgres.' }
  const stored: unknown = JSON.parse(text)
  const price = typeof stored === 'object' && stored !== null && 'price' in stored ? stored.price : undefined
  const isPrice = typeof price === 'object' && price !== null && 'amountCents' in price && 'version' in price
  if (!isPrice || typeof price.version !== 'number')
    return { error: 'The payload cannot be read: it was not written by the shop.' }
  if (price.amountCents !== amountCents)
    return {
      version: price.version,
      error: `It says ${String(price.amountCents)} cents, Postgres ${amountCents}: written by hand.`,
    }
  return {
    version: price.version,
    note: `Expires in ${Math.round((await redis.ttl(redisKeys.price(productId, version))) / 3_600)} h.`,
  }
}

async function readPage(url: string, productId: number): Promise<Partial<LayerReading>> {
  const started = performance.now()
  const response = await fetch(url, {
    headers: { accept: 'text/html', [PROBE_HEADER]: '1' },
    signal: AbortSignal.timeout(READ_TIMEOUT_MS),
  })
  const html = await response.text()
  const renderedAt = RENDERED_AT.exec(html)?.[1]
  const version = pageVersions(html).get(productId)
  return {
    version,
    since: renderedAt === undefined ? undefined : new Date(renderedAt),
    note: `${response.headers.get('x-cache') ?? 'no x-cache'} · ${Math.round(performance.now() - started)} ms`,
    error:
      response.ok && version !== undefined
        ? undefined
        : `It answered ${response.status}${response.ok ? ' without a price' : ''}.`,
  }
}

/** @returns undefined when there is no such product */
export async function freshnessCard(context: CardContext, productId: number): Promise<FreshnessCard | undefined> {
  const { db, indexRedis, cacheRedis, webUrls, edgeUrl, locales } = context
  const row = await db.price.findUnique({
    where: { productId },
    include: { product: { select: { slug: true, status: true } } },
  })
  if (!row) return undefined
  const source = { version: Number(row.version), amountCents: row.amountCents, versionUpdatedAt: row.versionUpdatedAt }
  const pagesAt = (layer: 'page' | 'edge', url: string, name: string) =>
    locales.map((locale) =>
      reading({ layer, place: `${name} · ${locale}` }, () =>
        readPage(`${url}/${locale}/products/${row.product.slug}`, productId),
      ),
    )
  const readings = await Promise.all([
    reading({ layer: 'index', place: 'Redis, version index' }, () => readIndex(indexRedis, productId)),
    reading({ layer: 'payload', place: 'Redis, price payload' }, () =>
      readPayload(cacheRedis, productId, source.version, source.amountCents),
    ),
    reading({ layer: 'applied', place: 'Postgres, applied by the consumer' }, () => readApplied(db, productId)),
    ...(row.product.status === 'active' ? webUrls.flatMap((url, i) => pagesAt('page', url, `Web ${i + 1}`)) : []),
    ...(row.product.status === 'active' && edgeUrl ? pagesAt('edge', edgeUrl, 'Edge') : []),
  ])
  // Read again at the end: an edit made meanwhile is no staleness of the layers that were read before it.
  const after = await db.price.findUniqueOrThrow({ where: { productId } })
  return {
    readAt: new Date(),
    source: {
      version: Number(after.version),
      amountCents: after.amountCents,
      versionUpdatedAt: after.versionUpdatedAt,
    },
    layers: readings.map((one) => ({ ...one, ...judgeLayer(one, source.version, Number(after.version)) })),
  }
}
