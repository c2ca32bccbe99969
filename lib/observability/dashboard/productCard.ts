/** A product's freshness card: every layer read now, past the caches of this process, and where it is behind. */
import type { Db } from '#lib/platform/db.ts'
import { parsePricePayload } from '#lib/catalog/prices/pricePayload.ts'
import type { VersionIndex } from '#lib/coherence/index.ts'
import { judgePageVersion, judgeVersion, type Judgement, type VersionRange } from '#lib/verification/judge.ts'
import { readPage } from '#lib/verification/readPage.ts'
import { probeTargets, productPathAt, type ProbeTarget } from '../probe/reading.ts'

const PAGE_TIMEOUT_MS = 5_000

export interface CardContext {
  readonly db: Db
  readonly index: VersionIndex
  /** Each web instance, and the edge where there is one. */
  readonly webUrls: readonly string[]
  readonly edgeUrl: string | undefined
  readonly locales: readonly string[]
}

type Layer = 'index' | 'applied' | 'payload' | ProbeTarget['layer']

interface CardRow extends Judgement {
  readonly layer: Layer
  /** The instance and the language: `Web 1 · de`. */
  readonly place: string
  readonly version: number | undefined
  /** When what was read was made, where the layer says so. */
  readonly since: Date | undefined
}

/** The state of a layer. `judgement` is given where the version alone does not decide. */
interface Held {
  readonly version?: number | undefined
  readonly since?: Date
  readonly note?: string
  readonly judgement?: (range: VersionRange) => Judgement
}

/** Why a layer is behind, and what that means. */
const BEHIND: Readonly<Record<Layer, string>> = {
  index:
    'The writer could not advance it and the relay has not yet. Pages that are checked now may be old: the monitor advances it again.',
  payload: 'As the index: pages that are filled now show it.',
  applied: 'The invalidation job of this change has not finished. Shoppers do not read this copy.',
  page: 'It passed a check against an index that was behind when it was asked for, or that instance does not believe the index.',
  edge: 'The purge has not been seen by the edge yet.',
  feed: 'It is read from Postgres on each request and kept nowhere: that instance reads another database.',
}

export interface FreshnessCard {
  readonly readAt: Date
  readonly source: { version: number; amountMinor: number; currency: string; versionUpdatedAt: Date }
  readonly layers: readonly CardRow[]
}

/** @returns the row of a layer, once it is known which versions it may hold */
async function readLayer(
  layer: Layer,
  place: string,
  read: () => Promise<Held>,
): Promise<(range: VersionRange) => CardRow> {
  const held = await read().catch((error: unknown): Held => ({
    judgement: () => ({ verdict: 'unreadable', why: error instanceof Error ? error.message : String(error) }),
  }))
  const { version, since } = held
  return (range) => ({ layer, place, version, since, ...judgeLayer(layer, held, range) })
}

/** Whether a layer holds a version of `range`, and if not, why: in the words of the card. */
export function judgeLayer(layer: Layer, { version, note, judgement }: Held, range: VersionRange): Judgement {
  if (!judgement && version === undefined) return { verdict: 'empty', why: note ?? 'Nothing is kept here.' }
  const judged = judgement?.(range) ?? judgeVersion(version ?? 0, range)
  if (judged.verdict === 'behind' && version !== undefined) return { ...judged, why: BEHIND[layer] }
  return judged.verdict === 'fresh' ? { ...judged, why: note ?? '' } : judged
}

async function readIndex(index: VersionIndex, productId: number): Promise<Held> {
  const [version = 0] = await index.held([{ kind: 'price', id: productId }])
  return version > 0 ? { version } : { note: 'Not in the index: the next read takes the version from Postgres.' }
}

async function readApplied(db: Db, productId: number): Promise<Held> {
  const row = await db.priceIndex.findUnique({ where: { productId } })
  return row
    ? { version: Number(row.version), since: row.appliedAt }
    : { note: 'The consumer has never applied a change of this price.' }
}

/** The payload of the index: it fills pages, and goes to open tabs. */
async function readPayload(
  index: VersionIndex,
  productId: number,
  newest: { readonly version: number; readonly amountMinor: number },
): Promise<Held> {
  const [state] = await index.heldStates([{ kind: 'price', id: productId }])
  if (state?.payload === undefined) return { note: 'Not in the index: the next read takes it from Postgres.' }
  const price = parsePricePayload(state.payload, state.version)
  if (!price) throw new Error('The shop cannot read the payload: written by hand.')
  const { version, amountMinor } = price
  if (version !== newest.version || amountMinor === newest.amountMinor) return { version }
  return {
    version,
    judgement: () => ({
      verdict: 'torn',
      why: `It says ${amountMinor} minor units, Postgres ${newest.amountMinor}: written by hand.`,
    }),
  }
}

async function readPageLayer(url: string, productId: number): Promise<Held> {
  const reading = await readPage(url, { productId, timeoutMs: PAGE_TIMEOUT_MS })
  const { versions, renderedAt } = reading.statement
  return {
    version: versions.get(productId),
    ...(renderedAt !== undefined && { since: new Date(renderedAt) }),
    note: [reading.headers['x-cache'] ?? [], `${Math.round(reading.durationMs)} ms`].flat().join(' · '),
    judgement: (range) => judgePageVersion(reading, productId, range),
  }
}

/** @returns undefined when there is no such product */
export async function freshnessCard(context: CardContext, productId: number): Promise<FreshnessCard | undefined> {
  const { db, index, webUrls, edgeUrl, locales } = context
  const row = await db.price.findUnique({
    where: { productId },
    include: { product: { select: { slug: true, status: true } } },
  })
  if (!row) return undefined
  const { amountMinor, currency, versionUpdatedAt } = row
  const source = { version: Number(row.version), amountMinor, currency, versionUpdatedAt }
  const product = { slug: row.product.slug, productId }
  const readAt = (target: ProbeTarget) =>
    // The price in a feed has nothing of a language.
    (target.layer === 'feed' ? locales.slice(0, 1) : locales).map((locale) =>
      readLayer(target.layer, `${target.name} · ${locale}`, () =>
        readPageLayer(target.url + productPathAt(target, locale, product), productId),
      ),
    )
  const isOnSale = row.product.status === 'active'
  const layers = await Promise.all([
    readLayer('index', 'Redis, version index', () => readIndex(index, productId)),
    readLayer('payload', 'Redis, price payload', () => readPayload(index, productId, source)),
    readLayer('applied', 'Postgres, applied by the consumer', () => readApplied(db, productId)),
    ...(isOnSale ? probeTargets(webUrls, edgeUrl).flatMap(readAt) : []),
  ])
  // Read again at the end: an edit between the reads is no staleness of the layers that were read before it.
  const after = await db.price.findUniqueOrThrow({ where: { productId } })
  return {
    readAt: new Date(),
    source: {
      version: Number(after.version),
      amountMinor: after.amountMinor,
      currency: after.currency,
      versionUpdatedAt: after.versionUpdatedAt,
    },
    layers: layers.map((judge) => judge({ least: source.version, most: Number(after.version) })),
  }
}
