/**
 * Collects readings that do not agree with Postgres. The first read never counts: the page is asked for again, and only what is still
 * wrong when its window is over is kept and becomes an alert, which ends when the page is right again.
 */
import type { Finding } from '#lib/alerts/finding.ts'
import type { Verdict } from '#lib/verification/verdict.ts'
import { placeOf, subjectOf, urlOf, type ProbeReading, type ProbeTask } from './reading.ts'

interface Mismatch {
  readonly first: ProbeReading
  last: ProbeReading
  reads: number
  kept: boolean
  /** Milliseconds, of the process' clock. */
  dueAt: number
}

/** A layer that shows everything wrong is one incident, not as many alerts as there are pages. */
const MOST_FINDINGS = 50
const MOST_FOLLOWED = 500
/** Milliseconds between two reads of what is known to be wrong. */
const AGAIN_MS = 2_000

export class Mismatches {
  readonly #open = new Map<string, Mismatch>()
  /** Places that an earlier prober had found wrong and kept, until the first read. */
  readonly #resumed = new Set<string>()
  readonly #windowMs: number

  /** @param windowMs how long after its commit a change may be missing on a page before that counts */
  constructor(windowMs: number) {
    this.#windowMs = windowMs
  }

  resume(places: readonly string[]): void {
    for (const place of places) this.#resumed.add(place)
  }

  /** @returns whether this reading is to be kept with its evidence: once for each mismatch that counts */
  wrong(reading: ProbeReading, now: number): boolean {
    const place = placeOf(reading.task, reading.judged.productId)
    const known = this.#open.get(place)
    if (!known || hasMoved(known.first, reading)) {
      const kept = this.#resumed.delete(place)
      if (this.#open.size < MOST_FOLLOWED || known)
        this.#open.set(place, { first: reading, last: reading, reads: 1, kept, dueAt: now })
      return false
    }
    known.last = reading
    known.reads++
    known.dueAt = now + AGAIN_MS
    if (known.kept || (mayPass(reading.judged.verdict) && ageOf(known.first, reading) < this.#windowMs)) return false
    known.kept = true
    return true
  }

  /** @returns the mismatch that this reading ends, if it had counted */
  right(reading: ProbeReading): boolean {
    const place = placeOf(reading.task, reading.judged.productId)
    const known = this.#open.get(place)
    this.#open.delete(place)
    this.#resumed.delete(place)
    return known?.kept ?? false
  }

  /** A page that cannot show a product any more cannot show it wrongly, and a list that was read can be read. */
  forget(task: ProbeTask, shown: ReadonlySet<number | undefined>): void {
    for (const [place, { first }] of this.#open) {
      if (
        first.task.path === task.path &&
        first.task.target.name === task.target.name &&
        !shown.has(first.judged.productId)
      )
        this.#open.delete(place)
    }
  }

  due(now: number, most: number): ProbeTask[] {
    return [...this.#open.values()]
      .filter(({ dueAt }) => dueAt <= now)
      .slice(0, most)
      .map(({ last }) => last.task)
  }

  /** @returns `kept`: pages that say something wrong; one that says nothing is not among them */
  counts(): { followed: number; kept: number } {
    return {
      followed: this.#open.size,
      kept: [...this.#open.values()].filter(({ kept, last }) => kept && last.judged.verdict !== 'unreadable').length,
    }
  }

  findings(): Finding[] {
    return [...this.#open]
      .filter(([, { kept }]) => kept)
      .slice(0, MOST_FINDINGS)
      .map(([place, { first, last, reads }]) => {
        const { judged, task, page } = last
        if (judged.expected === undefined || judged.verdict === 'unreadable') return silent(place, last, reads)
        const shown = judged.shown ? `version ${judged.shown.version}` : 'no version'
        const what =
          judged.verdict === 'behind'
            ? `${shown} of product ${judged.productId}, Postgres has ${judged.expected.version}`
            : `product ${judged.productId} wrongly. ${judged.why}`
        return {
          dedupKey: place,
          kind: 'probe-mismatch',
          severity: 'critical',
          summary: `${task.target.name} (${task.target.layer}) shows ${what}: ${task.path}`,
          detail: {
            layer: task.target.layer,
            target: task.target.name,
            productId: judged.productId,
            url: urlOf(task),
            verdict: judged.verdict,
            why: judged.why,
            reads,
            expectedVersion: judged.expected.version,
            expectedSince: (first.judged.expected ?? judged.expected).at.toISOString(),
            shownVersion: judged.shown?.version ?? null,
            shownAmountMinor: judged.shown?.amountMinor ?? null,
            headers: { ...page.headers },
          },
        }
      })
  }
}

/** One page that does not answer on a target that else does: nothing is known to be wrong on it. */
function silent(place: string, { task, judged, page }: ProbeReading, reads: number): Finding {
  return {
    dedupKey: place,
    kind: 'layer-unreachable',
    severity: 'warning',
    summary: `${task.target.name} (${task.target.layer}) does not answer for ${subjectOf(judged)}: ${task.path}. ${judged.why}`,
    detail: {
      layer: task.target.layer,
      target: task.target.name,
      productId: judged.productId ?? null,
      url: urlOf(task),
      error: page.failure?.message ?? null,
      status: page.status ?? null,
      reads,
    },
  }
}

/** A change may be on its way to the page, and a page may answer again; what else is wrong counts at the second read. */
function mayPass(verdict: Verdict): boolean {
  return verdict === 'behind' || verdict === 'unreadable'
}

/** Milliseconds for which it has been wrong: a change since its commit, a page that does not answer since the first read. */
function ageOf(first: ProbeReading, now: ProbeReading): number {
  const committedAt = now.judged.verdict === 'unreadable' ? undefined : first.judged.expected?.at
  return now.readAt.getTime() - (committedAt ?? first.readAt).getTime()
}

/** The page is another one than at the first read, which is what a page that follows with a delay looks like. */
function hasMoved(first: ProbeReading, now: ProbeReading): boolean {
  return (
    first.judged.verdict === 'behind' &&
    now.judged.verdict === 'behind' &&
    (now.judged.shown?.version ?? 0) >= first.judged.expected.version
  )
}
