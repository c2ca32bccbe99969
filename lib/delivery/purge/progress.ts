/** The progress of a purge: what is still to be delivered, and how many popular pages wait to be rendered again. */
import { fetchMetrics } from '#lib/platform/http/askInstance.ts'
import type { Db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'

export interface PurgeProgress {
  /** Every layer was read back. Always true of a language, which is purged before the answer. */
  readonly delivered: boolean
  readonly lastError: string | null
  /** Absent numbers are those of an instance that does not answer. */
  readonly warming: readonly {
    readonly instance: string
    readonly waiting: number | null
    readonly warmed: number | null
  }[]
}

const TIMEOUT_MS = 2_000

function metric(text: string, name: string): number | null {
  const value = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)`, 'm').exec(text)?.[1]
  return value === undefined ? null : Number(value)
}

async function warmingAt(url: string, i: number): Promise<PurgeProgress['warming'][number]> {
  const text = await fetchMetrics(url, TIMEOUT_MS).then(
    (response) => response.text(),
    () => '',
  )
  return {
    instance: `Web ${i + 1}`,
    waiting: metric(text, 'evergreen_warming_waiting_pages'),
    warmed: metric(text, 'evergreen_warming_pages_total'),
  }
}

/** @param correlationId of the purge */
export async function purgeProgress(db: Db, correlationId: string): Promise<PurgeProgress> {
  const [rows, warming] = await Promise.all([
    db.outbox.findMany({
      where: { correlationId, topic: { not: 'price' } },
      select: { doneAt: true, lastError: true },
    }),
    Promise.all(env().webUrls.map(warmingAt)),
  ])
  return {
    delivered: rows.every(({ doneAt }) => doneAt !== null),
    lastError: rows.find(({ lastError }) => lastError !== null)?.lastError ?? null,
    warming,
  }
}
