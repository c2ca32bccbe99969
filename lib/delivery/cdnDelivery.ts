/**
 * The edge layer of the invalidation: publish, purge, read the edge until it shows the versions, and purge once more when no render
 * from before the change can be under way.
 *
 * - Changes that wait are merged into one call.
 * - An edge that refuses holds up its own layer alone; a version that it refuses holds up its own row alone.
 * - A purge counts when a read shows the version, not when the API says so.
 */
import type { Db } from '#lib/platform/db.ts'
import { logger } from '#lib/platform/logger.ts'
import { backOffMs, Bell, type Pause, runPeriodically } from '#lib/platform/process/periodic.ts'
import { raiseAlerts, reconcileAlerts } from '#lib/alerts/reconcile.ts'
import type { EdgePort } from '#lib/cdn/edgePort.ts'
import { edgeBehind, versionsRefused } from './edgeFindings.ts'
import { oldestChange } from './invalidation.ts'
import { writeLedger, type LayerReport } from './ledger.ts'
import { closeOutbox, entitiesOf, type OutboxRow } from './outbox.ts'
import { parseTag, tag, type VersionedTag } from '#lib/coherence/tags.ts'
import { describeRefused, publishEach, type RefusedVersion, without } from '#lib/cdn/publishEach.ts'
import { countPurges } from './purgeMetrics.ts'
import { edgeReads, readThroughEdge } from './readBack.ts'
import { traceReports } from './traceRows.ts'
import type { VersionSource } from '#lib/coherence/index.ts'

interface Work {
  readonly row: OutboxRow
  readonly job: { readonly id: string; readonly attempt: number }
  /** Paths of pages that instances keep and that show a change of its job. */
  readonly kept: readonly string[]
  readonly takenAt: number
  /** The refusal stands in the ledger: once, however often it is tried again. */
  recorded: boolean
  /** The answer of the edge to a version of this row. Tried again at `notBefore`, by the process' monotonic clock. */
  refused?: readonly RefusedVersion[]
  notBefore: number
}

export interface EdgeDeliveryOptions {
  readonly db: Db
  readonly source: VersionSource
  readonly edge: EdgePort
  /** Milliseconds that a change may wait for the edge before it is an alert, and stands in the ledger as refused. */
  readonly alertAfterMs: number
  /** Milliseconds after which no render that began before the purge is under way. */
  readonly longestRenderMs?: number
  /** Milliseconds from one try to the next of a row that the edge refuses for what it says. */
  readonly quarantineMs?: number
}

/** The bound of a render in the web tier, and its way back. */
const LONGEST_RENDER_MS = 31_000
/** Milliseconds. */
const BACK_OFF = { firstMs: 250, longestMs: 15_000 }
/** Seconds that a row is kept from the relay after a refusal: longer than the longest pause. A worker that dies leaves it to the next. */
const HELD_S = 30
const QUARANTINE_MS = 15_000
/** Milliseconds from one look to the next while nothing waits. */
const IDLE_MS = 60_000
/**
 * An edge that is right once it has the versions is purged of so few tags only: it shows that the way is open. A purge of
 * thousands would drop all that it has.
 */
const MOST_PURGED = 100

const message = (error: unknown) => (error instanceof Error ? error.message : String(error))

export class EdgeDelivery {
  readonly #options: EdgeDeliveryOptions
  readonly #longestRenderMs: number
  readonly #quarantineMs: number
  readonly #waiting = new Map<bigint, Work>()
  readonly #stop = new AbortController()
  readonly #reads = edgeReads()
  /** Tags whose second purge is due, by the moment. */
  #second: { readonly at: number; readonly tags: readonly string[] }[] = []
  readonly #news = new Bell()
  /** After a failure of the edge as a whole, by the process' monotonic clock: what comes before then waits, too. */
  #notBefore = 0
  #failures = 0
  #failingSince = 0
  /** An alert of this process may be open. */
  #alerting = false
  readonly #running: Promise<void>

  constructor(options: EdgeDeliveryOptions) {
    this.#options = options
    this.#longestRenderMs = options.longestRenderMs ?? LONGEST_RENDER_MS
    this.#quarantineMs = options.quarantineMs ?? QUARANTINE_MS
    this.#running = runPeriodically(() => this.#round(), {
      everyMs: IDLE_MS,
      signal: this.#stop.signal,
      bell: this.#news,
      failed: (error) => logger('edge').error({ err: error }, 'the edge was not delivered to'),
    })
  }

  /**
   * Rows whose other layers are up to date. Those that wait already are not taken twice.
   * @param kept paths of pages that instances keep and that show a change of the job: of many changes only these are read back
   */
  take(rows: readonly OutboxRow[], job: Work['job'], kept: readonly string[] = []): void {
    for (const row of rows) {
      if (!this.#waiting.has(row.id))
        this.#waiting.set(row.id, { row, job, kept, takenAt: performance.now(), recorded: false, notBefore: 0 })
    }
    this.#news.ring()
  }

  /** Ends after what is under way. Rows that still wait are not done: the relay brings them again. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
    const tags = [...new Set(this.#second.flatMap((due) => due.tags))]
    if (tags.length > 0) await this.#options.edge.purge(tags).catch(() => undefined)
  }

  async #round(): Promise<Pause> {
    const restMs = this.#notBefore - performance.now()
    if (restMs > 0) return { pauseMs: restMs }
    const works = this.#due()
    try {
      await this.#purgeAgain()
      if (works.length > 0) await this.#counted(works)
      if (this.#failures > 0 || this.#alerting) await this.#healed()
    } catch (error) {
      const pauseMs = await this.#failed(works, error).catch(() => BACK_OFF.longestMs)
      this.#notBefore = performance.now() + pauseMs
      return { pauseMs }
    }
    const next = [...this.#second.map(({ at }) => at), ...[...this.#waiting.values()].map(({ notBefore }) => notBefore)]
    return { pauseMs: Math.min(IDLE_MS, ...next.map((at) => at - performance.now())) }
  }

  #due(): Work[] {
    return [...this.#waiting.values()].filter(({ notBefore }) => notBefore <= performance.now())
  }

  /** Closes the fill that was under way when the first purge came. */
  async #purgeAgain(): Promise<void> {
    const due = this.#second.filter(({ at }) => at <= performance.now())
    if (due.length === 0) return
    await this.#options.edge.purge([...new Set(due.flatMap(({ tags }) => tags))])
    this.#second = this.#second.filter((one) => !due.includes(one))
  }

  /** A try that the edge did not take as a whole counts as failed for each of its rows. */
  async #counted(works: readonly Work[]): Promise<void> {
    try {
      await this.#deliver(works)
    } catch (error) {
      const entities = entitiesOf(works.map(({ row }) => row))
      countPurges(
        'edge',
        false,
        [...entities.values()].reduce((sum, ids) => sum + ids.length, 0),
      )
      throw error
    }
  }

  async #deliver(works: readonly Work[]): Promise<void> {
    const { edge, source, db } = this.#options
    const start = performance.now()
    const entities = entitiesOf(works.map(({ row }) => row))
    const tags = [...entities].flatMap(([kind, ids]) => ids.map((id) => tag(kind, id)))
    const versions = await source.versions(tags)
    const expected: VersionedTag[] = [...versions].flatMap(([name, version]) => {
      const ref = parseTag(name)
      return ref ? [{ ...ref, version }] : []
    })
    const refused = await publishEach(edge, expected)
    const taken = without(expected, refused)
    await edge.settle?.(taken)
    const purged = edge.immediate && tags.length > MOST_PURGED ? refused.map(({ kind, id }) => tag(kind, id)) : tags
    if (purged.length > 0) await edge.purge(purged)
    const kept = [...new Set(works.map((work) => work.kept))].flat()
    const { read, behind } = await readThroughEdge(db, edge, taken, this.#reads, kept)
    if (purged.length > 0) this.#second.push({ at: performance.now() + this.#longestRenderMs, tags: purged })
    const done = await this.#quarantine(works, [...refused, ...behind])
    await this.#record(done, {
      layer: 'edge',
      entities: taken.length - behind.length,
      durationMs: performance.now() - start,
      verified: true,
      readAt: new Date(),
      detail: { edge: edge.name, read },
    })
    await closeOutbox(
      db,
      done.map(({ row }) => row),
    )
    for (const { row } of done) this.#waiting.delete(row.id)
    countPurges('edge', true, taken.length - behind.length)
    countPurges('edge', false, refused.length + behind.length)
  }

  /** Rows with a version that the edge refuses, or alone does not show, are not done: their pages are purged, and they are tried again by themselves. @returns the others */
  async #quarantine(works: readonly Work[], refused: readonly RefusedVersion[]): Promise<Work[]> {
    const done: Work[] = []
    for (const work of works) {
      const own = refused.filter(({ kind, id }) => work.row.topic === kind && work.row.entityIds.includes(id))
      if (own.length === 0) {
        done.push(work)
        continue
      }
      const waitedMs = await this.#hold([work], `the edge refuses ${describeRefused(own)}`)
      const isLate = waitedMs >= this.#options.alertAfterMs
      work.notBefore = performance.now() + this.#pauseUntilLate(this.#quarantineMs, waitedMs)
      if (!isLate) continue
      work.refused = own
      this.#alerting = true
      await this.#recordRefusal([work], describeRefused(own))
    }
    return done
  }

  async #record(works: readonly Work[], report: LayerReport): Promise<void> {
    const { db } = this.#options
    for (const id of new Set(works.map(({ job }) => job.id))) {
      const mine = works.filter(({ job }) => job.id === id)
      const rows = mine.map(({ row }) => row)
      traceReports(rows, [report], { id, attempt: mine[0]?.job.attempt ?? 1 })
      await writeLedger(
        db,
        {
          jobId: id,
          attempt: mine[0]?.job.attempt ?? 1,
          outboxIds: rows.map((row) => row.id),
          changedAt: oldestChange(rows),
        },
        [report],
      )
    }
  }

  /** @returns milliseconds until the next try */
  async #failed(works: readonly Work[], error: unknown): Promise<number> {
    const { db, edge } = this.#options
    if (this.#failures++ === 0) this.#failingSince = performance.now()
    const asked =
      error instanceof Error && 'retryAfterMs' in error && typeof error.retryAfterMs === 'number'
        ? error.retryAfterMs
        : 0
    const pauseMs = Math.max(asked, backOffMs(this.#failures, BACK_OFF))
    logger('edge').warn(
      { err: error, edge: edge.name, rows: works.length, failures: this.#failures, pauseMs },
      'the edge is not up to date',
    )
    const waitedMs = Math.max(await this.#hold(works, message(error)), performance.now() - this.#failingSince)
    if (waitedMs < this.#options.alertAfterMs) return this.#pauseUntilLate(pauseMs, waitedMs)
    this.#alerting = true
    await raiseAlerts(db, 'edge', [edgeBehind(edge, this.#failures, message(error), works.length)])
    await this.#recordRefusal(works, message(error))
    return pauseMs
  }

  async #recordRefusal(works: readonly Work[], answer: string): Promise<void> {
    const news = works.filter(({ recorded }) => !recorded)
    await this.#record(news, {
      layer: 'edge',
      entities: news.reduce((sum, { row }) => sum + row.entityIds.length, 0),
      durationMs: 0,
      verified: false,
      readAt: new Date(),
      detail: { edge: this.#options.edge.name, answer },
    })
    for (const work of news) work.recorded = true
  }

  /** A delivery that is about to be late is tried once more then, so that the alert comes in time. */
  #pauseUntilLate(pauseMs: number, waitedMs: number): number {
    const leftMs = this.#options.alertAfterMs - waitedMs
    return leftMs > 0 ? Math.min(pauseMs, leftMs + 1) : pauseMs
  }

  /**
   * A row is not done before the edge shows it. The relay does not bring it again to a worker that has it already.
   * @returns milliseconds since the oldest of the changes
   */
  async #hold(works: readonly Work[], lastError: string): Promise<number> {
    const rows = await this.#options.db.$queryRaw<{ ageMs: number }[]>`
      UPDATE outbox SET last_error = ${lastError}, retry_at = clock_timestamp() + make_interval(secs => ${HELD_S})
      WHERE id = ANY(${works.map(({ row }) => row.id)}::bigint[]) AND done_at IS NULL
      RETURNING (extract(epoch FROM clock_timestamp() - created_at) * 1000)::float8 AS "ageMs"`
    return Math.max(0, ...rows.map(({ ageMs }) => ageMs))
  }

  /** The edge takes calls. A row that it refuses for itself stays an alert. */
  async #healed(): Promise<void> {
    const { db, edge } = this.#options
    this.#failures = 0
    const refused = [...this.#waiting.values()].flatMap((work) => work.refused ?? [])
    await reconcileAlerts(db, 'edge', versionsRefused(edge, refused))
    this.#alerting = refused.length > 0
  }
}
