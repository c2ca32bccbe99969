/** What the back office can do, as the audit log names it. A new action gets its name here. */
export const AUDIT_ACTIONS = [
  'prices.change',
  'product.status',
  'bulk.create',
  'bulk.change',
  'bulk.approve',
  'bulk.cancel',
  'bulk.retry',
  'bulk.undo',
  'schedules.create',
  'schedules.change',
  'schedules.cancel',
  'tokens.create',
  'tokens.revoke',
  'session.start',
  'session.refuse',
  'session.end',
  'freshness.purge',
  'queues.retry',
  'queues.discard',
  'queues.change',
] as const
export type AuditAction = (typeof AUDIT_ACTIONS)[number]
