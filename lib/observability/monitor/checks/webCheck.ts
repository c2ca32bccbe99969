/** Asks each web instance for its metrics: whether it answers, its caches hit, and no page is built over and over. */
import { fetchMetrics } from '#lib/platform/http/askInstance.ts'
import type { Finding } from '#lib/alerts/finding.ts'
import { pageReads, type PageReads } from '../../dashboard/hitRatio.ts'
import { type Check, type MonitorContext } from '../context.ts'
import { HitRatioWatch } from './trends.ts'

const TIMEOUT_MS = 3_000
/** An instance that is being restarted is away for one round. */
const AWAY_AFTER = 2
/** Builds of one page on one instance within a minute. */
const BURST = 30
/** Builds that one change of a row may cause: the page, and its parts for navigations. */
const BUILDS_A_CHANGE = 5
/** Seconds: a minute, and what an edit took to reach the page before it. */
const EXPLAINED_S = 120
const MISSES = /^evergreen_page_misses_last_minute\{page="([^"]*)"\} (\d+)/gm
const PRODUCT_PAGE = /\/products\/([^/"]+)$/

interface Answer {
  readonly webUrl: string
  readonly text?: string
  readonly error?: string
}

async function ask(webUrl: string): Promise<Answer> {
  try {
    const response = await fetchMetrics(webUrl, TIMEOUT_MS)
    const text = await response.text()
    return response.ok ? { webUrl, text } : { webUrl, error: `it answered ${response.status}` }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
    return { webUrl, error: cause }
  }
}

function away({ webUrl, error }: Answer): Finding {
  return {
    dedupKey: `web:${webUrl}`,
    kind: 'layer-unreachable',
    severity: 'critical',
    summary: `The page layer cannot be read: the web instance at ${webUrl} does not answer (${error ?? ''}).`,
    detail: { layer: 'page', url: webUrl, error: error ?? null },
  }
}

/** @param text of `/api/metrics` @returns the pages of a burst, with how often each was built */
export function missBursts(text: string): { page: string; misses: number }[] {
  return [...text.matchAll(MISSES)]
    .map(([, page = '', misses]) => ({ page, misses: Number(misses) }))
    .filter(({ misses }) => misses > BURST)
}

/** @returns how often a row that the page shows has changed lately; 0 when the page does not say what it shows */
async function changesOn({ db }: MonitorContext, url: string): Promise<number> {
  const tags = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'manual' }).then(
    async (response) => {
      await response.body?.cancel()
      return response.headers.get('cache-tag')?.split(',') ?? []
    },
    () => [],
  )
  const [row] = await db.$queryRaw<{ changes: number }[]>`
    SELECT count(*)::int AS changes FROM outbox o, unnest(o.entity_ids) AS entity(id)
    WHERE o.created_at > statement_timestamp() - make_interval(secs => ${EXPLAINED_S}) AND o.topic || ':' || entity.id = ANY(${tags})`
  return row?.changes ?? 0
}

async function bursts(context: MonitorContext, { webUrl, text = '' }: Answer): Promise<Finding[]> {
  const { db } = context
  const found = await Promise.all(
    missBursts(text).map(async ({ page, misses }) => {
      const changes = await changesOn(context, webUrl + page)
      if (misses <= BURST + BUILDS_A_CHANGE * changes) return undefined
      const slug = PRODUCT_PAGE.exec(page)?.[1]
      const product = slug === undefined ? null : await db.product.findUnique({ where: { slug }, select: { id: true } })
      return {
        dedupKey: `misses:${webUrl}:${page}`,
        kind: 'miss-burst',
        severity: 'warning',
        summary: `The page ${page}${product ? ` of product ${product.id}` : ''} was built ${misses} times within a minute on ${webUrl}, and what it shows changed ${changes} times: it is not kept.`,
        detail: { layer: 'page', productId: product?.id ?? null, url: webUrl + page, misses, changes },
      } satisfies Finding
    }),
  )
  return found.filter((one) => one !== undefined)
}

export function webCheck(): Check {
  const missed = new Map<string, number>()
  const ratios = new HitRatioWatch()
  return {
    name: 'web',
    async run(context) {
      const answers = await Promise.all(context.webUrls.map(ask))
      for (const { webUrl, error } of answers)
        missed.set(webUrl, error === undefined ? 0 : (missed.get(webUrl) ?? 0) + 1)
      const findings = answers.filter(({ webUrl }) => (missed.get(webUrl) ?? 0) >= AWAY_AFTER).map(away)
      const reads = new Map<string, PageReads>(
        answers.flatMap(({ webUrl, text }) => (text === undefined ? [] : [[webUrl, pageReads(text)] as const])),
      )
      const drop = ratios.add(reads, performance.now())
      if (drop) {
        findings.push({
          dedupKey: 'hit-ratio',
          kind: 'hit-ratio-drop',
          severity: 'warning',
          summary: `The page cache answers ${drop.now.toFixed(1)} % of the reads of pages that no edit made stale, ${(drop.before - drop.now).toFixed(1)} points less than in the hour before.`,
          detail: { layer: 'page', now: drop.now, before: drop.before },
        })
      }
      return [...findings, ...(await Promise.all(answers.map((answer) => bursts(context, answer)))).flat()]
    },
  }
}
