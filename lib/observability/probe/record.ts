/** What the prober keeps: every look for a day, and what was wrong, with its evidence, for a quarter of a year. */
import type { Prisma } from '#lib/generated/prisma/client.ts'
import type { Db } from '#lib/platform/db.ts'
import { urlOf, type ProbeReading } from './reading.ts'

const FRESH_FOR_HOURS = 24
const WRONG_FOR_DAYS = 90
const DELETED_AT_ONCE = 5_000

/** @param lagMs from the commit to this look, where it is the first that could have seen the change */
export interface KeptReading {
  readonly reading: ProbeReading
  readonly lagMs: number | undefined
}

function rowOf({ reading: { task, answer, judged, readAt }, lagMs }: KeptReading): Prisma.ProbeReadingCreateManyInput {
  const wrong = judged.verdict !== 'fresh'
  return {
    layer: task.target.layer,
    target: task.target.name,
    url: urlOf(task),
    locale: task.locale,
    productId: judged.productId,
    expectedVersion: judged.expected.version,
    expectedAt: judged.expected.at,
    shownVersion: judged.shownVersion ?? null,
    shownAmountCents: judged.shownAmountCents ?? null,
    lagMs: lagMs ?? null,
    verdict: judged.verdict,
    probedAt: readAt,
    ...(wrong && {
      evidence: {
        why: judged.why,
        correlationId: task.change?.correlationId ?? null,
        status: answer.status ?? null,
        error: answer.error ?? null,
        headers: { ...answer.headers },
        renderedAt: answer.statement.renderedAt ?? null,
        expected: {
          version: judged.expected.version,
          amountCents: judged.expected.amountCents,
          at: judged.expected.at.toISOString(),
        },
        shown: answer.statement.prices.slice(0, 30).map((price) => ({ ...price })),
        contradictions: answer.statement.contradictions.slice(0, 10),
      },
    }),
  }
}

export async function keepReadings(db: Db, readings: readonly KeptReading[]): Promise<void> {
  if (readings.length > 0) await db.probeReading.createMany({ data: readings.map(rowOf) })
}

/** @returns how many rows are gone: as many as one statement should delete, so it is called again */
export async function forgetOldReadings(db: Db): Promise<number> {
  return db.$executeRaw`
    DELETE FROM probe_readings WHERE id IN (
      SELECT id FROM probe_readings
      WHERE probed_at < clock_timestamp() - make_interval(hours => ${FRESH_FOR_HOURS})
        AND (verdict = 'fresh' OR probed_at < clock_timestamp() - make_interval(days => ${WRONG_FOR_DAYS}))
      ORDER BY id LIMIT ${DELETED_AT_ONCE})`
}
