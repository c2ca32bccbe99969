/** Writes the ledger: what each job did to each layer, and when a read of the layer showed the change. */
import type { Db } from '#lib/platform/db.ts'
import type { Prisma } from '#lib/generated/prisma/client.ts'

export const LAYERS = ['index', 'redis', 'page', 'edge'] as const
export type Layer = (typeof LAYERS)[number]

export interface LayerReport {
  readonly layer: Layer
  /** Products, categories and so on that the step was about. */
  readonly entities: number
  /** Superseded keys that were there and are gone. */
  readonly removed?: number
  readonly durationMs: number
  /** Set when the layer was read and showed at least the version. */
  readonly verified: boolean
  /** When it had been read: the layers of a job are read one after the other. */
  readonly readAt: Date
  /** The number of pages read to say so, and their instances. */
  readonly detail: Prisma.InputJsonObject
  /** Rows of the job that it is about, where it is not about all. */
  readonly outboxIds?: readonly bigint[]
}

export interface JobRef {
  readonly jobId: string
  readonly attempt: number
  readonly outboxIds: readonly bigint[]
  /** The oldest change that the job is about; lag is counted from it. */
  readonly changedAt: Date | undefined
  /** False where no earlier job can have been about the same rows: then nothing is looked up. */
  readonly mayBeAgain?: boolean
}

/** @returns the layers that were seen to show all of these rows before: a later look says nothing of how long they took */
async function seenBefore(db: Db, outboxIds: readonly bigint[]): Promise<Set<string>> {
  if (outboxIds.length === 0) return new Set()
  const rows = await db.$queryRaw<{ layer: string }[]>`
    SELECT DISTINCT layer FROM invalidations WHERE outbox_ids @> ${[...outboxIds]}::bigint[] AND lag_ms IS NOT NULL`
  return new Set(rows.map(({ layer }) => layer))
}

export async function writeLedger(db: Db, job: JobRef, reports: readonly LayerReport[]): Promise<void> {
  const seen = job.mayBeAgain === false ? new Set() : await seenBefore(db, job.outboxIds)
  await db.invalidation.createMany({
    data: reports.map((report) => ({
      jobId: job.jobId,
      outboxIds: [...(report.outboxIds ?? job.outboxIds)],
      attempt: job.attempt,
      layer: report.layer,
      entities: report.entities,
      removed: report.removed ?? 0,
      durationMs: Math.round(report.durationMs),
      verifiedAt: report.verified ? report.readAt : null,
      lagMs:
        report.verified && job.changedAt && !seen.has(report.layer)
          ? Math.max(0, report.readAt.getTime() - job.changedAt.getTime())
          : null,
      detail: report.detail,
    })),
  })
}
