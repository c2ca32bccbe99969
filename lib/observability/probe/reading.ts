/** The targets of the prober, its tasks and their results. */
import { feedPartPath } from '#lib/catalog/feed/feed.ts'
import type { Judgement, PriceJudgement } from '#lib/verification/judge.ts'
import type { PageReading } from '#lib/verification/readPage.ts'
import type { DatedFloor } from '#lib/verification/truth.ts'

/** Each web instance by itself, and the edge in front of them: its pages, and its product feed. */
export interface ProbeTarget {
  readonly layer: 'page' | 'edge' | 'feed'
  /** `Web 1`, `Edge`, `Feed 1`, `Feed, edge`. */
  readonly name: string
  /** Without a slash at the end. */
  readonly url: string
}

/** @param edgeUrl undefined while nothing stands in front of the web instances */
export function probeTargets(webUrls: readonly string[], edgeUrl: string | undefined): ProbeTarget[] {
  const web = webUrls.map((url, i) => ({ layer: 'page' as const, name: `Web ${i + 1}`, url: url.replace(/\/$/, '') }))
  const edge = edgeUrl ? [{ layer: 'edge' as const, name: 'Edge', url: edgeUrl.replace(/\/$/, '') }] : []
  const feeds = [
    ...web.map(({ url }, i) => ({ layer: 'feed' as const, name: `Feed ${i + 1}`, url })),
    ...edge.map(({ url }) => ({ layer: 'feed' as const, name: 'Feed, edge', url })),
  ]
  return [...web, ...edge, ...feeds]
}

/** The places where a target shows a product: on its page, or in the part of the feed that lists it. */
export function productPathAt(
  { layer }: ProbeTarget,
  locale: string,
  product: { slug: string; productId: number },
): string {
  return layer === 'feed' ? feedPartPath(locale, product.productId) : `/${locale}/products/${product.slug}`
}

/** A list as facets narrow it: short enough to show the product on its first page, as a rule. */
export function facetListPath(locale: string, { category, brand }: { category: string; brand: string }): string {
  return `/${locale}/search?${new URLSearchParams({ category, brand })}`
}

export interface ProbeTask {
  readonly target: ProbeTarget
  readonly path: string
  readonly locale: string
  /** The product of the page, or the one looked for in the feed; undefined for a list. */
  readonly productId: number | undefined
  /** The change that made the prober read, where one did. */
  readonly change:
    | {
        readonly productId: number
        readonly version: number
        readonly changedAt: Date
        readonly correlationId: string | null
      }
    | undefined
  /** The pages of a change are read one after the other: only the first says how long it took. */
  readonly rank: number
}

/** The judgement of a product that is on sale: of others a page has to show nothing. */
export type ProbeJudgement = PriceJudgement<DatedFloor> & { readonly expected: DatedFloor }

/** The judgement of a list that cannot be read: which products it would have shown is not known. */
export interface UnreadList extends Judgement {
  readonly verdict: 'unreadable'
  readonly productId: undefined
  readonly expected: undefined
  readonly shown: undefined
}

export interface ReadTask {
  readonly task: ProbeTask
  readonly page: PageReading
  /** When the page had arrived, by the clock of Postgres. */
  readonly readAt: Date
}

export interface ProbeReading extends ReadTask {
  readonly judged: ProbeJudgement | UnreadList
}

/** A reading about a product. */
export interface PriceReading extends ReadTask {
  readonly judged: ProbeJudgement
}

export function urlOf({ target, path }: ProbeTask): string {
  return `${target.url}${path}`
}

/** One product, or a list that cannot be read, on one page at one target: the same place in each round. */
export function placeOf({ target, path }: ProbeTask, productId: number | undefined): string {
  return `${target.layer}:${target.name}:${path}:${productId ?? 'list'}`
}

/** What a reading is about, in words. */
export function subjectOf({ productId }: { readonly productId: number | undefined }): string {
  return productId === undefined ? 'a list' : `product ${productId}`
}
