/** The tables whose rows the monitor deletes by age, each with its days, the reason for them, and the statement that deletes a batch. */
import { Prisma } from '#lib/generated/prisma/client.ts'
import type { Db } from '#lib/platform/db.ts'

/** Rows in one statement: of the widest table a tenth of a second, for which no request waits. */
export const BATCH_ROWS = 5_000

interface Batch {
  /** The number of deleted rows. */
  readonly rows: number
  /** Whether there may be more that should go. */
  readonly more: boolean
}

export interface Kept {
  readonly table: string
  readonly days: number
  /** The reason to keep the rows for so long: stands in docs/operations/retention.md. */
  readonly why: string
  /** Deletes a batch. It can be killed anywhere and called again. */
  forget(db: Db): Promise<Batch>
  /** Whether a row is there that should have gone a day ago. */
  isLate(db: Db): Promise<boolean>
}

/** The moment that lies so many days back, by the clock of Postgres. */
export function daysAgo(days: number): Prisma.Sql {
  return Prisma.sql`(clock_timestamp() - make_interval(days => ${days}))`
}

export async function exists(db: Db, rows: Prisma.Sql): Promise<boolean> {
  const [found] = await db.$queryRaw<{ exists: boolean }[]>`SELECT EXISTS (${rows}) AS exists`
  return found?.exists === true
}

/**
 * A table whose rows go when they are old, and nothing else is asked.
 * @param old a query of the `id` of the rows that are older than `days`, the oldest first; it costs little when there are none
 */
export function keptByAge(table: string, days: number, why: string, old: (days: number) => Prisma.Sql): Kept {
  const name = Prisma.raw(table)
  return {
    table,
    days,
    why,
    async forget(db) {
      const rows = await db.$executeRaw`DELETE FROM ${name} WHERE id IN (${old(days)} LIMIT ${BATCH_ROWS})`
      return { rows, more: rows === BATCH_ROWS }
    },
    isLate: (db) => exists(db, old(days + 1)),
  }
}
