/**
 * The prober: reads pages as shoppers get them and compares them with Postgres, which it asks before each round of
 * reads. It shares no cache with the shop, so what it sees is what the shop does, not what the shop believes.
 */
import pLimit from 'p-limit'
import type { Db } from '#lib/platform/db.ts'
import type { Finding } from '#lib/alerts/finding.ts'
import { judgeAnswer, judgePage, type PriceJudgement } from '#lib/verification/judge.ts'
import { readPage } from '#lib/verification/readPage.ts'
import { amountsOf, floorsBefore, reductionsOf, type DatedFloor } from '#lib/verification/truth.ts'
import { isTracing, recordStep } from '#lib/platform/tracing/changeTrace.ts'
import { ProbeQueue } from './probeQueue.ts'
import { probeMetrics } from './metrics.ts'
import { Mismatches } from './mismatches.ts'
import {
  urlOf,
  type PriceReading,
  type ProbeJudgement,
  type ProbeReading,
  type ProbeTarget,
  type ProbeTask,
  type ReadTask,
  type UnreadList,
} from './reading.ts'
import { keepReadings, type KeptReading, type OpenMismatch } from './record.ts'
import { databaseTime, randomTasks, recentChanges } from './source.ts'
import { TargetHealth } from './targetHealth.ts'

export interface ProberOptions {
  readonly db: Db
  readonly targets: readonly ProbeTarget[]
  readonly locales: readonly string[]
  /** The most pages that one round asks for. */
  readonly readsPerRound: number
  /** Products a round that have not changed. */
  readonly randomProducts: number
  /** Milliseconds after its commit in which a change may be missing on a page. */
  readonly windowMs: number
  /** Off for a round from a shell, which leaves nothing behind. */
  readonly record: boolean
}

interface JudgedTask extends ReadTask {
  /** The judgement of each product on sale that the page shows or should show, or of a list that cannot be read. */
  readonly judged: readonly (ProbeJudgement | UnreadList)[]
}

export interface Round {
  readonly readings: readonly ProbeReading[]
  /** First reads after a change, and how long after it they were. */
  readonly seen: readonly { readonly reading: PriceReading; readonly lagMs: number }[]
  /** Mismatches that count from this round on. */
  readonly kept: readonly ProbeReading[]
}

/** Beyond it, a page would queue behind its neighbours and its lag would be that of the prober. */
const CONCURRENCY = 4
/** Milliseconds. A transaction that commits late has older times than one that was seen before it. */
const OVERLAP_MS = 10_000

export class Prober {
  readonly #options: ProberOptions
  readonly #agenda: ProbeQueue
  readonly #mismatches: Mismatches
  readonly #health = new TargetHealth()
  #resumed: ProbeTask[] = []
  #since: Date | undefined
  #rounds = 0

  constructor(options: ProberOptions) {
    this.#options = options
    this.#agenda = new ProbeQueue(options.locales)
    this.#mismatches = new Mismatches(options.windowMs)
  }

  /** Takes over what a prober before this one had found: read first, and wrong until it was seen to be right. */
  resume(open: readonly OpenMismatch[]): void {
    this.#resumed.push(...open.map(({ task }) => task))
    this.#mismatches.resume(open.map(({ place }) => place))
  }

  /** Everything that is wrong now, for the alerts. */
  findings(): Finding[] {
    return [...this.#health.findings(), ...this.#mismatches.findings()]
  }

  /** @throws Prisma's error when Postgres does not answer: then there is nothing to compare with */
  async round(): Promise<Round> {
    const { db, targets } = this.#options
    const [before, began] = [await databaseTime(db), performance.now()]
    const changes = await recentChanges(db, this.#since ?? new Date(before.getTime() - OVERLAP_MS))
    this.#since = new Date(before.getTime() - OVERLAP_MS)
    this.#agenda.add(changes, targets)
    probeMetrics().skipped.inc(this.#agenda.dropOld(before))
    const read = await pLimit(CONCURRENCY).map(await this.#choose(), async (task) => {
      const page = await readPage(urlOf(task), { productId: task.productId })
      return { task, page, readAt: new Date(before.getTime() + performance.now() - began) }
    })
    const round = this.#follow(await this.#judge(read, before))
    if (this.#options.record) await keepReadings(db, round.toKeep)
    this.#publish()
    return round
  }

  /** @param before the moment before the pages were asked for, by the clock of Postgres */
  async #judge(read: readonly ReadTask[], before: Date): Promise<JudgedTask[]> {
    const { db } = this.#options
    const shown = read.flatMap(({ page }) => page.statement.prices)
    const asked = read.flatMap(({ task: { productId } }) => productId ?? [])
    const [floor, amount, reducedFrom] = await Promise.all([
      floorsBefore(db, before, [...asked, ...shown.map(({ productId }) => productId)]),
      amountsOf(db, shown),
      reductionsOf(
        db,
        read.flatMap(({ page }) => page.statement.reductions),
      ),
    ])
    return read.map((one) => ({
      ...one,
      judged: [
        ...judgePage(one.page, one.task.productId, { floor, amount, reducedFrom }).filter(isOnSale),
        ...unreadList(one),
      ],
    }))
  }

  async #choose(): Promise<ProbeTask[]> {
    const { db, targets, locales, readsPerRound, randomProducts: count } = this.#options
    const again = [...this.#resumed.splice(0), ...this.#mismatches.due(performance.now(), Math.ceil(readsPerRound / 2))]
    const recent = this.#agenda.take(Math.max(0, readsPerRound - again.length))
    const random = await randomTasks(db, { targets, locales, count }, this.#rounds++)
    return [...again, ...recent, ...random]
  }

  #follow(tasks: readonly JudgedTask[]): Round & { toKeep: KeptReading[] } {
    const readings: ProbeReading[] = []
    const kept: ProbeReading[] = []
    const toKeep: KeptReading[] = []
    for (const { judged, ...read } of tasks) {
      this.#health.note(read)
      // One row a page: of its own product, or of the newest price in a list.
      const main =
        judged.find(({ productId }) => productId === read.task.productId) ??
        judged.toSorted((a, b) => committedAt(b) - committedAt(a))[0]
      // Also of a page that shows nothing that may be judged: a product that is not on sale any more.
      if (read.page.status !== undefined && read.page.status < 500)
        this.#mismatches.forget(read.task, new Set(judged.map(({ productId }) => productId)))
      if (!main) continue
      readings.push({ ...read, judged: main })
      for (const one of judged) {
        const reading: ProbeReading = { ...read, judged: one }
        const keep = (lagMs?: number) => {
          if (one.expected) toKeep.push({ reading: { ...read, judged: one }, lagMs })
        }
        if (one.verdict === 'fresh') {
          this.#mismatches.right(reading)
          if (one === main) keep(lagOf({ ...read, judged: one }))
        } else if (one.verdict === 'unreadable' && this.#health.isUnreachable(read.task.target.name)) {
          keep()
        } else if (this.#mismatches.wrong(reading, performance.now())) {
          kept.push(reading)
          keep()
        }
      }
    }
    for (const {
      task,
      judged: { verdict },
    } of readings)
      probeMetrics().reads.inc({ layer: task.target.layer, target: task.target.name, verdict })
    for (const one of toKeep) if (one.lagMs !== undefined) observeLag(one.reading, one.lagMs)
    const seen = toKeep.flatMap(({ reading, lagMs }) => (lagMs === undefined ? [] : [{ reading, lagMs }]))
    return { readings, seen, kept, toKeep }
  }

  #publish(): void {
    const gauges = probeMetrics()
    gauges.mismatches.set(this.#mismatches.counts().kept)
    gauges.unreachable.set(this.#health.findings().length)
    gauges.waiting.set(this.#agenda.size)
  }
}

/** With the trace of the change, where it has one. */
function observeLag({ task: { target }, judged: { productId, expected }, readAt }: PriceReading, lagMs: number): void {
  const labels = { layer: target.layer, target: target.name }
  const traceId = recordStep({
    step: 'probe',
    change: { kind: 'price', id: productId, version: expected.version },
    startedAt: expected.at,
    endedAt: readAt,
    attributes: { 'evergreen.layer': target.layer, 'evergreen.target': target.name },
  })
  const { lag } = probeMetrics()
  if (isTracing()) {
    const exemplarLabels = traceId === undefined ? {} : { trace_id: traceId }
    lag.observe({ labels, value: lagMs / 1_000, exemplarLabels })
  } else lag.observe(labels, lagMs / 1_000)
}

function isOnSale(judged: PriceJudgement<DatedFloor>): judged is ProbeJudgement {
  return judged.expected !== undefined
}

/** A list that is gone has answered. */
function unreadList({ task, page }: ReadTask): UnreadList[] {
  const answer = judgeAnswer(page)
  if (task.productId !== undefined || answer?.verdict !== 'unreadable') return []
  const { verdict, why } = answer
  return [{ verdict, why, productId: undefined, expected: undefined, shown: undefined }]
}

function committedAt({ expected }: JudgedTask['judged'][number]): number {
  return expected?.at.getTime() ?? 0
}

/** The first read after a change bounds its lag; a later one, in another language, says nothing of it. */
function lagOf({ task: { change, rank }, judged, readAt }: PriceReading): number | undefined {
  if (!change || rank > 0 || judged.expected.version !== change.version) return undefined
  return Math.max(0, Math.round(readAt.getTime() - judged.expected.at.getTime()))
}
