/** Reads back what delivery brought, in each layer as its users read it, and judges whether it shows what Postgres has. */
import { setTimeout as wait } from 'node:timers/promises'
import type { EdgePort } from '#lib/cdn/edgePort.ts'
import type { VersionIndex } from '#lib/coherence/index.ts'
import type { VersionedTag } from '#lib/coherence/tags.ts'
import type { Db } from '#lib/platform/db.ts'
import { judgePageVersion, type Judgement } from '#lib/verification/judge.ts'
import { readPage, type PageReading } from '#lib/verification/readPage.ts'

/** Product pages that a job reads back, on each instance and through the edge. The monitor samples the rest. */
const MOST_PAGES = 8
/** Milliseconds. A live instance answers in a few, a busy one in some hundred. */
const SILENT_AFTER_MS = 2_000
/** Milliseconds: the first pause between two reads of a page through the edge, and how long all may take. */
const EDGE = { firstMs: 25, inAllMs: 3_000 }

/** @returns those of `expected` for which the index holds less */
export async function behindInIndex(index: VersionIndex, expected: readonly VersionedTag[]): Promise<VersionedTag[]> {
  const held = await index.held(expected)
  return expected.filter(({ version }, i) => (held[i] ?? 0) < version)
}

/**
 * @returns those of `webUrls` that answer their health question within two seconds. One that is away or frozen serves
 *   no shopper, and delivery does not wait for it: what it has cached fails its check when it is back.
 */
export async function instancesUp(webUrls: readonly string[]): Promise<string[]> {
  const answers = await Promise.allSettled(
    webUrls.map((url) => fetch(`${url}/api/health`, { signal: AbortSignal.timeout(SILENT_AFTER_MS) })),
  )
  return webUrls.filter((_url, i) => answers[i]?.status === 'fulfilled')
}

interface Page {
  readonly path: string
  readonly productId: number
  /** The version that it has to show at least. */
  readonly least: number
}

/** The English pages of the products on sale among `expected`, the most popular first. */
async function pagesOf(db: Db, expected: readonly VersionedTag[]): Promise<Page[]> {
  const least = new Map(expected.filter(({ kind }) => kind === 'price').map(({ id, version }) => [id, version]))
  const products = await db.product.findMany({
    where: { id: { in: [...least.keys()] }, status: 'active' },
    select: { id: true, slug: true },
    orderBy: [{ rank: 'asc' }, { id: 'asc' }],
    take: MOST_PAGES,
  })
  return products.map(({ id, slug }) => ({
    path: `/en/products/${slug}`,
    productId: id,
    least: least.get(id) ?? 0,
  }))
}

interface PageReadBack extends Judgement {
  readonly reading: PageReading
  readonly version: number | undefined
}

async function readBack(origin: string, { path, productId, least }: Page): Promise<PageReadBack> {
  const reading = await readPage(origin + path, { productId })
  return {
    ...judgePageVersion(reading, productId, { least }),
    reading,
    version: reading.statement.versions.get(productId),
  }
}

/** @returns each page of `expected` as each of `webUrls` shows it */
export async function readPagesBack(
  db: Db,
  webUrls: readonly string[],
  expected: readonly VersionedTag[],
): Promise<PageReadBack[]> {
  const pages = await pagesOf(db, expected)
  return Promise.all(webUrls.flatMap((webUrl) => pages.map((page) => readBack(webUrl, page))))
}

/**
 * Reads pages through the edge until it shows what was published.
 * @returns how many pages were read
 * @throws when the edge does not show the versions within three seconds
 */
export async function readThroughEdge(db: Db, edge: EdgePort, expected: readonly VersionedTag[]): Promise<number> {
  const pages = await pagesOf(db, expected)
  const until = performance.now() + EDGE.inAllMs
  await Promise.all(
    pages.map(async (page) => {
      for (let pauseMs = EDGE.firstMs; ; pauseMs *= 2) {
        const { verdict, why, version, reading } = await readBack(edge.url, page)
        if (verdict === 'fresh') return
        if (performance.now() + pauseMs > until)
          throw new Error(
            `${edge.name}: purged, and ${page.path} still shows version ${version ?? 'none'}, not ${page.least}: ${why} (x-cache ${reading.headers['x-cache'] ?? 'none'})`,
          )
        await wait(pauseMs)
      }
    }),
  )
  return pages.length
}
