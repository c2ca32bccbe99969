/**
 * The data of the freshness pages of the back office. Plain JSON: a snapshot travels to the browser as an event, and
 * this module is loaded there too, so it imports types alone.
 */
import type { Verdict } from '#lib/verification/verdict.ts'

/** In the order in which a change reaches them. */
export const LAYERS = ['index', 'redis', 'page', 'edge', 'browser'] as const

export const WINDOWS = {
  '15m': { label: '15 minutes', seconds: 900, bucketSeconds: 15 },
  '1h': { label: '1 hour', seconds: 3_600, bucketSeconds: 60 },
  '24h': { label: '24 hours', seconds: 86_400, bucketSeconds: 1_200 },
} as const
export type WindowName = keyof typeof WINDOWS
export const WINDOW_NAMES = ['15m', '1h', '24h'] as const satisfies readonly WindowName[]

export function isWindow(text: string): text is WindowName {
  return Object.hasOwn(WINDOWS, text)
}

/** Milliseconds from the commit of a change to the moment a layer was seen to show it. */
export interface LayerLag {
  readonly layer: string
  readonly samples: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

export interface LagPoint {
  readonly layer: string
  /** Start of the bucket, milliseconds since 1970. */
  readonly at: number
  readonly p50: number
  readonly p99: number
  readonly samples: number
}

export interface SloRow {
  readonly withinMs: number
  /** Changes of the window whose time is over, and those of them not seen in every layer in time. */
  readonly changes: number
  readonly late: number
  /** Share seen in time, as a number of nines; absent without a sample. */
  readonly nines: number | null
  /** The most that so few samples can support, with 95 % confidence. */
  readonly supported: number
}

/** The prober's view of one layer at one place, by reads like those of shoppers. */
export interface ProbedTarget {
  readonly layer: string
  readonly target: string
  readonly reads: number
  /** Reads that could not be made say nothing of freshness, and are not among those that were wrong. */
  readonly unreadable: number
  readonly wrong: number
  /** Share of reads that were right, as in `SloRow`. */
  readonly nines: number | null
  readonly supported: number
  /** From the commit to the first read that saw a change: an upper bound. Absent where no change was read. */
  readonly lag: { readonly samples: number; readonly p50: number; readonly p95: number; readonly p99: number } | null
}

/** A page that was wrong at the second read and when its window was over. */
export interface ProbedMismatch {
  readonly id: string
  readonly layer: string
  readonly target: string
  readonly url: string
  readonly productId: number
  readonly verdict: Verdict
  readonly expectedVersion: number
  readonly shownVersion: number | null
  readonly probedAt: string
  readonly evidence: unknown
}

export interface HitRatio {
  /** Reads of pages since the web instances started, or in the time that the page has been open. */
  readonly hits: number
  readonly reads: number
  /** Bodies that the version check refused. */
  readonly stale: number
  readonly instances: number
  readonly unreachable: number
  readonly seconds: number
}

export interface DriftRow {
  readonly productId: number
  readonly name: string
  readonly version: number
  readonly appliedVersion: number | null
  readonly behindMs: number
  readonly why: string
}

export interface Delivery {
  /** Absent while Redis does not answer. */
  readonly queue: { waiting: number; active: number; delayed: number; failed: number; oldestMs: number } | null
  readonly outbox: { rows: number; changes: number; oldestMs: number }
}

export interface AlertRow {
  readonly id: string
  readonly kind: string
  readonly severity: string
  readonly summary: string
  /** The subject of the alert, where it names one. */
  readonly layer: string | null
  readonly productIds: readonly number[]
  /** Indented JSON, for people. */
  readonly evidence: string
  readonly raisedAt: string
  readonly lastSeenAt: string
  readonly resolvedAt: string | null
}

export interface Snapshot {
  /** ISO 8601 */
  readonly at: string
  readonly window: WindowName
  readonly budgetMs: number
  readonly lag: readonly LayerLag[]
  readonly series: readonly LagPoint[]
  readonly freshnessSlo: readonly SloRow[]
  readonly probed: readonly ProbedTarget[]
  readonly mismatches: readonly ProbedMismatch[]
  readonly hitRatio: HitRatio | null
  readonly drift: readonly DriftRow[]
  readonly delivery: Delivery
  /** The first of them; `openAlertCount` says how many there are. */
  readonly openAlerts: readonly AlertRow[]
  readonly openAlertCount: number
  readonly resolvedAlerts: readonly AlertRow[]
}
