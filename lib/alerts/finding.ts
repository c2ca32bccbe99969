/** A finding of the monitor, the prober or the watchdog, before it becomes an alert. */
import type { Prisma } from '#lib/generated/prisma/client.ts'

/** Each has a section in docs/operations/alerts.md; a test holds that. */
export const ALERT_KINDS = [
  'product-behind',
  'drift-repaired',
  'change-quarantined',
  'index-repaired',
  'redis-refuses-writes',
  'redis-crowded',
  'index-term-changed',
  'index-rebuilt',
  'index-lease-lost',
  'poisoned-payload',
  'poisoned-page',
  'probe-mismatch',
  'schedule-incomplete',
  'slo-burn',
  'layer-unreachable',
  'purge-failing',
  'queue-age',
  'relay-stuck',
  'change-stream-lost',
  'change-stream-behind',
  'outbox-growing',
  'retention-behind',
  'hit-ratio-drop',
  'miss-burst',
  'worker-silent',
  'prober-silent',
  'monitor-silent',
] as const
type AlertKind = (typeof ALERT_KINDS)[number]

/** `critical`: shoppers may see something wrong, or will soon. `warning`: it was repaired, or costs only time. */
type Severity = 'critical' | 'warning'

export interface Finding {
  /** Says what is wrong with what, the same each time that it is found: `page:42`. Unique within a scope. */
  readonly dedupKey: string
  readonly kind: AlertKind
  readonly severity: Severity
  /** One sentence that names the layer and the product, where there is one. */
  readonly summary: string
  /** `layer`, `productId` and `url` are shown and linked by the back office; the rest is evidence. */
  readonly detail: Prisma.InputJsonObject
}
