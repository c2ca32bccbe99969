/**
 * Follows the row `index_term`: which Redis data set the version index is in, and whether its lease is refreshed
 * (docs/decisions/index-lease.md). It only notifies: processes of the fleet refresh the lease, begin terms and rebuild the index.
 */
import { z } from 'zod'
import type { Finding } from '#lib/alerts/finding.ts'
import { showMs } from '../context.ts'

/** Milliseconds. A new term is called believed when its lease has been refreshed for so long. */
const BELIEVED_AFTER_MS = 3_000
/** Milliseconds without a refresh after which that time begins again: three refreshes. */
const STALLED_MS = 1_500
/** Milliseconds. The lease lasts 2 s; a new term takes 4.2 s. */
const LEASE_LOST_MS = 5_000

/** The state for the next monitor. */
export const knownTerm = z.object({ term: z.number(), epoch: z.string(), server: z.string(), source: z.string() })
export type KnownTerm = z.infer<typeof knownTerm>

export interface TermRow extends KnownTerm {
  readonly renewals: number
  readonly reason: string
  /** Milliseconds since 1970, for comparison: a process that builds the index for long sets it again every two seconds. */
  readonly beganAt: number
}

/** The first half of `{data set}/{generation}`: a purge of everything changes the second half only. */
const dataSet = ({ epoch }: KnownTerm) => epoch.split('/', 1)[0] ?? ''

const wasRebuilt = (before: KnownTerm, now: KnownTerm) =>
  dataSet(before) !== '' && dataSet(now) !== '' && dataSet(before) !== dataSet(now)

/** `a1b2c3d4` */
const shortName = (server: string) => server.slice(0, 8) || 'none'

function whyTermBegan(before: KnownTerm, { reason, server, source }: TermRow): { why: string; whatToDo: string } {
  if (reason === 'postgres-changed')
    return {
      why: `Postgres is another one than before (${before.source} before, ${source} now): it was promoted or restored, and may lack commits`,
      whatToDo:
        'If it was not planned, compare the last edits of the audit log and of the price history with what the old primary has. Nothing is to be done for the caches: versions that were shown and are lost are not used again.',
    }
  if (reason === 'lease-lost')
    return {
      why: `no process could refresh the lease: Redis (${shortName(server)}) refused writes, was away or lost the lease, or every process stood still`,
      whatToDo: 'Find out from the alerts before this one which of them it was. Caches need nothing.',
    }
  return {
    why: `Redis was restarted, failed over or replaced (server ${shortName(before.server)} before, ${shortName(server)} now)`,
    whatToDo: 'If it was not planned, find out from the log of Redis why. Caches need nothing.',
  }
}

function termChanged(before: KnownTerm, now: TermRow): Finding {
  const { why, whatToDo } = whyTermBegan(before, now)
  return {
    dedupKey: 'term',
    kind: 'index-term-changed',
    severity: 'warning',
    summary: `Term ${now.term} of the version index began, after term ${before.term}: ${why}. Until its lease is believed, pages are checked against Postgres.`,
    detail: { layer: 'index', reason: now.reason, before: { ...before }, now: { ...now }, whatToDo },
  }
}

function rebuilt(before: KnownTerm, now: TermRow): Finding {
  const byPostgres = now.reason === 'postgres-changed'
  return {
    dedupKey: 'data-set',
    kind: 'index-rebuilt',
    severity: byPostgres ? 'warning' : 'critical',
    summary: `The version index was built anew, and what was cached before is outdated: ${byPostgres ? 'it belonged to another Postgres' : 'Redis lost its data, or has data too old to be brought up to date'}. Pages are right, and slower until the caches are warm.`,
    detail: {
      layer: 'index',
      reason: now.reason,
      before: { ...before },
      now: { ...now },
      whatToDo: byPostgres
        ? 'See index-term-changed.'
        : 'Find out why Redis lost its data: persistence (appendonly yes), the disk, FLUSHALL, a restored file.',
    },
  }
}

function leaseLost({ term, renewals }: TermRow, stoodMs: number): Finding {
  return {
    dedupKey: 'lease',
    kind: 'index-lease-lost',
    severity: 'critical',
    summary: `The lease of the version index has not been refreshed for ${showMs(stoodMs)}, though Redis takes writes: pages are checked against Postgres, and edits say "saved, still propagating".`,
    detail: {
      layer: 'index',
      term,
      renewals,
      stoodMs: Math.round(stoodMs),
      whatToDo:
        'Every web instance and worker refreshes it: look in their logs for what keeps them from Redis or Postgres, and restart one that hangs.',
    },
  }
}

export class TermWatch {
  /** The last term that was notified and believed. */
  #notified: KnownTerm | undefined
  #seen: TermRow | undefined
  /** When a refresh was last seen, and since when they have come without a pause. */
  #refreshedAt = 0
  #refreshedSince: number | undefined

  /** @param known what an earlier monitor had notified */
  constructor(known?: KnownTerm) {
    this.#notified = known
  }

  /** The last term that was notified and is believed: until a new term is, a monitor that comes after this one notifies of it, too. */
  get notified(): KnownTerm | undefined {
    return this.#notified
  }

  /**
   * @param at milliseconds of a clock that only runs forward
   * @param hasFault Redis does not answer or refuses writes: then the lease stands still for that reason, which another check reports
   */
  look(now: TermRow, at: number, hasFault: boolean): Finding[] {
    this.#follow(now, at, hasFault)
    const before = this.#notified ?? now
    const findings: Finding[] = []
    if (now.reason !== 'first') {
      if (before.term !== now.term) findings.push(termChanged(before, now))
      if (wasRebuilt(before, now)) findings.push(rebuilt(before, now))
    }
    if (findings.length === 0 || this.#isBelieved(at)) {
      const { term, epoch, server, source } = now
      this.#notified = { term, epoch, server, source }
      findings.length = 0
    }
    const stoodMs = at - this.#refreshedAt
    if (stoodMs > LEASE_LOST_MS) findings.push(leaseLost(now, stoodMs))
    return findings
  }

  #follow(now: TermRow, at: number, hasFault: boolean): void {
    const seen = this.#seen
    this.#seen = now
    if (seen === undefined || seen.term !== now.term || seen.beganAt !== now.beganAt || wasRebuilt(seen, now)) {
      // A term needs its time until the first refresh.
      this.#refreshedAt = at
      this.#refreshedSince = undefined
    } else if (now.renewals > seen.renewals) {
      this.#refreshedAt = at
      this.#refreshedSince ??= at
    } else if (hasFault || at - this.#refreshedAt > STALLED_MS) {
      this.#refreshedSince = undefined
      if (hasFault) this.#refreshedAt = at
    }
  }

  #isBelieved(at: number): boolean {
    return this.#refreshedSince !== undefined && at - this.#refreshedSince >= BELIEVED_AFTER_MS
  }
}
