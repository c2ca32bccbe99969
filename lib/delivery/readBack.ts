/** Reads each layer after a delivery, in the way its users read it, and compares the result with Postgres. */
import { setTimeout as wait } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import type { EdgePort } from '#lib/cdn/edgePort.ts'
import type { RefusedVersion } from '#lib/cdn/publishEach.ts'
import type { VersionIndex } from '#lib/coherence/index.ts'
import type { VersionedTag } from '#lib/coherence/tags.ts'
import type { Db } from '#lib/platform/db.ts'
import { RateLimiter } from '#lib/platform/rateLimiter.ts'
import { judgePageVersion, type Judgement } from '#lib/verification/judge.ts'
import { NOT_KEPT, readPage, type PageReading, type ReadOptions } from '#lib/verification/readPage.ts'
import type { InstanceAnswer } from './webTier.ts'

/** Product pages that one delivery reads through the edge, and page reads that one job takes of the samples. The monitor reads others. */
const MOST_PAGES = 8
const PRODUCT_PATH = '/en/products/'
/** Page reads a second of one worker, over all jobs and instances. */
const SAMPLES_A_SECOND = 8
/** Milliseconds. A page that takes longer once says nothing of the change: the machine may be busy. */
const SAMPLED_WITHIN_MS = 2_000
/** Pages that take longer each time. What is forgotten has to be slow twice again. */
const SLOW = { max: 1_000, times: 2 }
/** Pages a second that are read through the edge, over all deliveries. */
const EDGE_READS_A_SECOND = 16
/** Milliseconds: the first pause between two reads of a page through the edge, and how long all may take. */
const EDGE = { firstMs: 25, inAllMs: 3_000 }

/** @returns those of `expected` for which the index holds less */
export async function behindInIndex(index: VersionIndex, expected: readonly VersionedTag[]): Promise<VersionedTag[]> {
  const held = await index.held(expected)
  return expected.filter(({ version }, i) => (held[i] ?? 0) < version)
}

/** The page reads that a worker may make, for all of its jobs and checks, and the pages that did not answer in time. */
export class PageSamples extends RateLimiter {
  readonly withinMs: number
  /** By product, how many jobs in a row. */
  readonly #timeouts = new LRUCache<number, number>({ max: SLOW.max })

  /** @param withinMs for the whole answer of a page */
  constructor(withinMs = SAMPLED_WITHIN_MS) {
    super({ burst: SAMPLES_A_SECOND, perSecond: SAMPLES_A_SECOND })
    this.withinMs = withinMs
  }

  /**
   * Takes note of the reads of one job.
   * @returns the products whose page has timed out twice in a row, on each instance that was asked
   */
  slowAmong(read: readonly PageReadBack[]): ReadonlySet<number> {
    const answered = new Set(read.filter(({ reading }) => !reading.failure).map(({ productId }) => productId))
    for (const id of answered) this.#timeouts.delete(id)
    const late = read.filter(
      ({ reading, productId }) => reading.failure?.kind === 'timed-out' && !answered.has(productId),
    )
    const slow = new Set<number>()
    for (const id of new Set(late.map(({ productId }) => productId))) {
      const times = (this.#timeouts.get(id) ?? 0) + 1
      this.#timeouts.set(id, times)
      if (times >= SLOW.times) slow.add(id)
    }
    return slow
  }
}

/** The pages that may be read through the edge, for all deliveries of a worker. */
export const edgeReads = () => new RateLimiter({ burst: EDGE_READS_A_SECOND, perSecond: EDGE_READS_A_SECOND })

interface Page {
  readonly path: string
  readonly productId: number
  /** The version that it has to show at least. */
  readonly least: number
}

/**
 * The English pages of the products on sale among `expected`, the most popular first.
 * @param among paths of pages: others are left out
 */
async function pagesOf(db: Db, expected: readonly VersionedTag[], among?: readonly string[]): Promise<Page[]> {
  const least = new Map(expected.filter(({ kind }) => kind === 'price').map(({ id, version }) => [id, version]))
  // One parameter, however many products: a statement takes 32,767.
  const products = await db.$queryRaw<{ id: number; slug: string }[]>`
    SELECT id, slug FROM products
    WHERE id = ANY(${[...least.keys()]}::int[]) AND status = 'active'
      AND (${among === undefined} OR ${PRODUCT_PATH} || slug = ANY(${among ?? []}))
    ORDER BY rank, id LIMIT ${MOST_PAGES}`
  return products.map(({ id, slug }) => ({
    path: PRODUCT_PATH + slug,
    productId: id,
    least: least.get(id) ?? 0,
  }))
}

export interface PageReadBack extends Judgement {
  readonly productId: number
  readonly reading: PageReading
  readonly version: number | undefined
}

async function readBack(
  origin: string,
  { path, productId, least }: Page,
  options?: Pick<ReadOptions, 'timeoutMs' | 'onlyKept'>,
): Promise<PageReadBack> {
  const reading = await readPage(origin + path, { productId, ...options })
  return {
    productId,
    ...judgePageVersion(reading, productId, { least }),
    reading,
    version: reading.statement.versions.get(productId),
  }
}

/**
 * Reads pages of what was delivered, by chance and no more than `samples` allows, and only where an instance keeps them: another one
 * would be rendered to be read, and could not be old.
 * @param suspects products whose page failed before: each is read on every instance, kept or not
 * @returns what was found; a page whose instance is gone is not among them, nor one that was not answered in time, unless it is
 *   suspected or that happens the second time in a row
 */
export async function samplePages(
  db: Db,
  instances: readonly InstanceAnswer[],
  expected: readonly VersionedTag[],
  samples: PageSamples,
  suspects: ReadonlySet<number>,
): Promise<PageReadBack[]> {
  const prices = expected.filter(({ kind }) => kind === 'price')
  const suspected = prices.filter(({ id }) => suspects.has(id))
  const others = prices.filter(({ id }) => !suspects.has(id))
  const kept = others.length > MOST_PAGES ? keptPages(instances) : undefined
  const allowed = samples.takeUpTo(Math.min(MOST_PAGES, (kept ?? others).length * instances.length))
  const chosen = allowed > 0 ? await pagesOf(db, others, kept) : []
  const possible = readsOf(instances, chosen).filter(
    ({ instance, page }) => kept === undefined || instance.pages.includes(page.path),
  )
  const doubted = readsOf(instances, suspects.size > 0 ? await pagesOf(db, suspected) : [])
  const timeoutMs = samples.withinMs
  const read = await Promise.all([
    ...shuffled(possible)
      .slice(0, allowed)
      .map(({ instance, page }) => readBack(instance.url, page, { timeoutMs, onlyKept: true })),
    ...doubted.map(({ instance, page }) => readBack(instance.url, page, { timeoutMs })),
  ])
  const slow = samples.slowAmong(read)
  return read.filter(({ reading: { failure, status }, productId }) => {
    if (failure?.kind === 'no-connection' || (status === NOT_KEPT && !suspects.has(productId))) return false
    return failure === undefined || suspects.has(productId) || slow.has(productId)
  })
}

const readsOf = (instances: readonly InstanceAnswer[], pages: readonly Page[]) =>
  instances.flatMap((instance) => pages.map((page) => ({ instance, page })))

/** Some of the product pages that instances keep, by chance. */
function keptPages(instances: readonly InstanceAnswer[]): string[] {
  const paths = new Set(instances.flatMap(({ pages }) => pages))
  return shuffled([...paths].filter((path) => path.startsWith(PRODUCT_PATH))).slice(0, MOST_PAGES)
}

function shuffled<T>(all: readonly T[]): T[] {
  return all
    .map((one) => ({ one, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one)
}

/**
 * Reads pages through the edge until it shows what was published: as many as `reads` allows, and one at least.
 * @param kept paths of pages that instances keep. Of many changes only these are read: another one would be rendered to be read
 * @returns how many pages were read, and the prices that some page did not show within three seconds, where others did
 * @throws when no page shows the versions within three seconds: then it is the edge that is behind
 */
export async function readThroughEdge(
  db: Db,
  edge: EdgePort,
  expected: readonly VersionedTag[],
  reads: RateLimiter,
  kept: readonly string[],
): Promise<{ read: number; behind: RefusedVersion[] }> {
  const isOfMany = expected.filter(({ kind }) => kind === 'price').length > MOST_PAGES
  const possible = await pagesOf(db, expected, isOfMany ? kept : undefined)
  const allowed = reads.takeUpTo(possible.length)
  if (allowed === 0 && possible.length > 0) await reads.turn()
  const pages = possible.slice(0, Math.max(1, allowed))
  const until = performance.now() + EDGE.inAllMs
  const behind = (await Promise.all(pages.map((page) => behindAtEdge(edge, page, until)))).flat()
  const [first] = behind
  if (first && behind.length === pages.length) throw new Error(`${edge.name}: ${first.answer}`)
  return { read: pages.length, behind }
}

async function behindAtEdge(edge: EdgePort, page: Page, until: number): Promise<RefusedVersion[]> {
  for (let pauseMs = EDGE.firstMs; ; pauseMs *= 2) {
    const { verdict, why, version, reading } = await readBack(edge.url, page)
    if (verdict === 'fresh') return []
    if (performance.now() + pauseMs > until) {
      const shown = `still shows version ${version ?? 'none'}, not ${page.least}: ${why}`
      const answer = `purged, and ${page.path} ${shown} (x-cache ${reading.headers['x-cache'] ?? 'none'})`
      return [{ kind: 'price', id: page.productId, version: page.least, answer }]
    }
    await wait(pauseMs)
  }
}
