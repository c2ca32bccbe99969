/** Deletes what nothing needs any more, a little in each round, and measures how large the tables are. */
import type { Finding } from '#lib/alerts/finding.ts'
import type { Kept } from '#lib/observability/retention/retentionRules.ts'
import { retention } from '#lib/observability/retention/retention.ts'
import type { Db } from '#lib/platform/db.ts'
import { logger } from '#lib/platform/logger.ts'
import { type Check, reasonOf } from '../context.ts'
import { monitorMetrics } from '../metrics.ts'

/** The share of a round for each table: the rest of the time the disk belongs to the shop. */
const SHARE = 0.02
/** A table of which nothing was left is looked at again after so long. */
const REST_MS = 3_600_000

const NAME = 'retention'

/** @returns whether nothing is left that should go */
async function forgetFor(db: Db, kept: Kept, ms: number): Promise<boolean> {
  const until = performance.now() + ms
  for (;;) {
    const { rows, more } = await kept.forget(db)
    monitorMetrics().rowsForgotten.inc({ table: kept.table }, rows)
    if (!more) return true
    if (performance.now() >= until) return false
  }
}

async function measure(db: Db, tables: readonly string[]): Promise<void> {
  const sizes = await db.$queryRaw<{ table: string; bytes: number; rows: number }[]>`
    SELECT name AS table, pg_total_relation_size(c.oid)::float8 AS bytes, greatest(c.reltuples, 0)::float8 AS rows
    FROM unnest(${[...tables]}::text[]) name JOIN pg_class c ON c.oid = name::regclass`
  for (const { table, bytes, rows } of sizes) {
    monitorMetrics().tableBytes.set({ table }, bytes)
    monitorMetrics().tableRows.set({ table }, rows)
  }
}

const showDays = (days: number) => (days === 1 ? '1 day' : `${days} days`)

function late({ table, days }: Kept, failure: unknown): Finding {
  const why = failure === undefined ? 'more comes than is deleted' : `the deletion fails: ${reasonOf(failure)}`
  return {
    dedupKey: table,
    kind: 'retention-behind',
    severity: 'warning',
    summary: `The table ${table} keeps rows for more than a day longer than ${showDays(days)}: ${why}.`,
    detail: { layer: 'postgres', table, days },
  }
}

/** @param tables as `retention` lists them */
export function retentionCheck(tables: readonly Kept[] = retention()): Check {
  const restsUntil = new Map<Kept, number>()
  return {
    name: NAME,
    async run({ db, intervalMs }) {
      await measure(db, [...new Set(tables.map(({ table }) => table))])
      const findings: Finding[] = []
      for (const kept of tables) {
        if (performance.now() < (restsUntil.get(kept) ?? 0)) continue
        let failure: unknown
        try {
          if (await forgetFor(db, kept, intervalMs * SHARE)) {
            restsUntil.set(kept, performance.now() + REST_MS)
            continue
          }
        } catch (error) {
          // One table that cannot be deleted from keeps no other from it.
          failure = error
          monitorMetrics().failures.inc({ check: NAME })
          logger('monitor').warn({ err: error, table: kept.table }, 'old rows were not deleted; it is tried again')
        }
        if (await kept.isLate(db)) findings.push(late(kept, failure))
      }
      return findings
    },
  }
}
