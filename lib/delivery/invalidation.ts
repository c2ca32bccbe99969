/**
 * The invalidation job: brings changed rows to every layer. Each step can be repeated, and reads the versions from
 * Postgres when it runs. So the job can stop anywhere and run again from its start.
 *
 * A change is done when every layer has it: the index holds the version, Redis holds nothing that was made from older versions, each
 * instance has followed the index up to it, and every page that was read shows it or something newer.
 */
import { withCorrelation } from '#lib/platform/correlation.ts'
import type { Db } from '#lib/platform/db.ts'
import { logger } from '#lib/platform/logger.ts'
import { advanceIndex, applyPriceIndex, clearRedis, refreshPages } from './layers.ts'
import { writeLedger, type LayerReport } from './ledger.ts'
import { countReports } from './purgeMetrics.ts'
import {
  closeOutbox,
  entitiesOf,
  idsOf,
  isWhole,
  pendingOutbox,
  putOff,
  type FailedRow,
  type OutboxRow,
} from './outbox.ts'
import {
  FreshnessError,
  type Publisher,
  type RedisClient,
  type VersionIndex,
  type VersionSource,
} from '#lib/coherence/index.ts'
import { tag, type VersionedTag } from '#lib/coherence/tags.ts'
import { traceReports } from './traceRows.ts'
import { samplePages, type PageReadBack, type PageSamples } from './readBack.ts'
import type { InstanceAnswer } from './webTier.ts'

export interface InvalidationContext {
  readonly db: Db
  readonly source: VersionSource
  readonly index: VersionIndex
  readonly publisher: Publisher
  readonly cacheRedis: RedisClient
  readonly webUrls: readonly string[]
  readonly internalSecret: string
  /** Chooses the pages to read back. */
  readonly samples: PageSamples
  /** Brings the edge up to date, and says when the rows are done; without it there is none. */
  readonly edge?: {
    take(rows: readonly OutboxRow[], job: { id: string; attempt: number }, kept: readonly string[]): void
  }
}

/** Pages that a ledger row names. */
const MOST_NAMED = 24

/** The outcome of the rows of a delivery. */
export interface Delivery {
  readonly reports: readonly LayerReport[]
  /** Every layer has passed them, but for the edge. */
  readonly passed: readonly OutboxRow[]
  /** A newer change of the same things has a row of its own. */
  readonly superseded: readonly OutboxRow[]
  readonly failed: readonly FailedRow[]
  /** Paths of pages that instances keep and that show a change. */
  readonly kept: readonly string[]
}

interface Job {
  readonly id: string
  /** For the ledger: which attempt this is. */
  readonly attempt: number
}

/**
 * Brings every layer to what Postgres has for the outbox rows of a job, then marks them done. Rows that a page does not show are
 * put off, and delivered alone.
 * @throws {FreshnessError} NOT_VERIFIED when a layer as a whole has not passed the changes; the job is to be run again
 */
export async function invalidate(context: InvalidationContext, outboxIds: readonly string[], job: Job): Promise<void> {
  const { db, edge } = context
  const rows = await pendingOutbox(db, outboxIds)
  if (rows.length === 0) return
  const ids = correlationIdsOf(rows)
  const only = ids.length === 1 ? ids[0] : undefined
  const { reports, passed, superseded, failed, kept } = await withCorrelation(only, () => deliver(context, rows, job))
  const behind = wholeLayersBehind(reports)
  if (behind.length > 0) {
    const message = `not fresh yet: ${behind.map(({ layer, detail }) => `${layer} ${JSON.stringify(detail)}`).join('; ')}`
    await db.$executeRaw`UPDATE outbox SET last_error = ${message} WHERE id = ANY(${idsOf(rows)}::bigint[]) AND done_at IS NULL`
    throw new FreshnessError('NOT_VERIFIED', message, { retryable: true })
  }
  await putOff(db, failed)
  // An edge that refuses keeps no place in the queue: its layer goes on by itself.
  if (edge && passed.length > 0) edge.take(passed, job, kept)
  await closeOutbox(db, edge ? superseded : [...superseded, ...passed])
}

/** @returns the layers that have not passed a delivery at all; a page that fails is no such layer */
export function wholeLayersBehind(reports: readonly LayerReport[]): LayerReport[] {
  return reports.filter(({ verified, outboxIds }) => !verified && outboxIds === undefined)
}

/**
 * Brings every layer to what Postgres has for `rows`, reads pages by chance and writes the ledger. Whether the rows are done is
 * the caller's to say.
 */
export async function deliver(context: InvalidationContext, rows: readonly OutboxRow[], job: Job): Promise<Delivery> {
  const { db, source } = context
  const versions = await source.versions([...entitiesOf(rows)].flatMap(([kind, ids]) => ids.map((id) => tag(kind, id))))
  const superseded = rows.filter((row) => isSuperseded(row, versions))
  const live = rows.filter((row) => !superseded.includes(row))
  if (live.length === 0) return { reports: [], passed: [], superseded, failed: [], kept: [] }

  const expected = expectedOf(live, versions)
  const reports = [await advanceIndex(context, expected), await clearRedis(context, expected)]
  const { report: page, instances } = await refreshPages(context, expected)
  await applyPriceIndex(db, expected)
  const read = page.verified ? await sampledPages(context, instances, expected, live) : []
  const failed = failedRows(live, read)
  const putOffWhole = new Set(failed.filter(isWhole).map(({ row }) => row))
  const passed = live.filter((row) => !putOffWhole.has(row))
  reports.push(...pageReports(page, expected.length, read, passed, [...putOffWhole]))
  const ref = {
    jobId: job.id,
    attempt: job.attempt,
    outboxIds: idsOf(live),
    changedAt: oldestChange(live),
    mayBeAgain: job.attempt > 1 || live.some(({ attempts }) => attempts > 1),
  }
  countReports(reports)
  traceReports(live, reports, job)
  await writeLedger(db, ref, reports)
  const seen = reports.map(({ layer, verified, durationMs }) => ({ layer, verified, ms: Math.round(durationMs) }))
  for (const correlationId of correlationIdsOf(live))
    logger('invalidation').info({ correlationId, job: job.id, attempt: job.attempt, layers: seen }, 'layers read back')
  return { reports, passed, superseded, failed, kept: [...new Set(instances.flatMap(({ pages }) => pages))] }
}

/** Every change in the row has a newer one, which was committed with a row of its own. */
function isSuperseded({ topic, entityIds, versions }: OutboxRow, current: ReadonlyMap<string, number>): boolean {
  return entityIds.every((id, i) => (current.get(tag(topic, id)) ?? 0) > Number(versions[i]))
}

function expectedOf(rows: readonly OutboxRow[], versions: ReadonlyMap<string, number>): VersionedTag[] {
  return [...entitiesOf(rows)].flatMap(([kind, ids]) =>
    ids.flatMap((id) => {
      const version = versions.get(tag(kind, id))
      return version === undefined ? [] : [{ kind, id, version }]
    }),
  )
}

function sampledPages(
  { db, samples }: InvalidationContext,
  instances: readonly InstanceAnswer[],
  expected: readonly VersionedTag[],
  rows: readonly OutboxRow[],
): Promise<PageReadBack[]> {
  const suspects = rows.filter(({ failures, topic }) => failures > 0 && topic === 'price')
  return samplePages(db, instances, expected, samples, new Set(suspects.flatMap(({ entityIds }) => entityIds)))
}

/** @returns those of `rows` that a page which was read does not show */
function failedRows(rows: readonly OutboxRow[], read: readonly PageReadBack[]): FailedRow[] {
  const wrong = new Map(read.filter(isWrong).map((one) => [one.productId, one]))
  return rows
    .filter(({ topic }) => topic === 'price')
    .flatMap((row) => {
      const entityIds = row.entityIds.filter((id) => wrong.has(id))
      const [first] = entityIds.flatMap((id) => wrong.get(id) ?? [])
      return first ? [{ row, entityIds, why: `${first.reading.url}: ${first.why}` }] : []
    })
}

const isWrong = ({ verdict }: PageReadBack) => verdict !== 'fresh'

/** One report of the rows that passed, and one of those of which nothing did. */
function pageReports(
  page: LayerReport,
  entities: number,
  read: readonly PageReadBack[],
  passed: readonly OutboxRow[],
  failing: readonly OutboxRow[],
): LayerReport[] {
  const failed = new Set(failing.flatMap(({ entityIds }) => entityIds)).size
  const report = {
    ...page,
    readAt: new Date(),
    durationMs: page.durationMs + Math.max(0, ...read.map(({ reading }) => reading.durationMs)),
    detail: { ...page.detail, read: read.length, behind: read.filter(isWrong).slice(0, MOST_NAMED).map(described) },
  }
  if (failing.length === 0) return [report]
  const wrong = { ...report, entities: failed, verified: false, outboxIds: idsOf(failing) }
  return passed.length === 0 ? [wrong] : [{ ...report, entities: entities - failed, outboxIds: idsOf(passed) }, wrong]
}

function described({ reading: { url, status }, version, verdict, why }: PageReadBack) {
  return { url, status: status ?? null, version: version ?? null, verdict, why }
}

function correlationIdsOf(rows: readonly OutboxRow[]): string[] {
  return [...new Set(rows.flatMap(({ correlationId }) => correlationId ?? []))]
}

/** When the oldest price of the rows was changed: lag is counted from there. */
export function oldestChange(rows: readonly OutboxRow[]): Date | undefined {
  const times = rows.filter(({ topic }) => topic === 'price').map(({ createdAt }) => createdAt.getTime())
  return times.length > 0 ? new Date(Math.min(...times)) : undefined
}
