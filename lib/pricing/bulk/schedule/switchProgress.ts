/**
 * The progress of a switch, for readers of a schedule. Its rows cannot say so before its commit. Locks of its transaction do, and
 * end with it, however it ends.
 */
import { Prisma } from '#lib/generated/prisma/client.ts'
import type { Transaction } from '../../transaction.ts'

/** Two numbers of 32 bits: pg_locks shows them as they are. */
const key = (phase: 'preparing' | 'ready', id: Prisma.Sql) =>
  Prisma.sql`hashtext(${`evergreen_switch_${phase}`}), hashtext(${id}::text)`

async function mark(tx: Transaction, phase: 'preparing' | 'ready', id: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_try_advisory_xact_lock_shared(${key(phase, Prisma.sql`${id}`)}) AS marked`
}

export const markPreparing = (tx: Transaction, scheduleId: string): Promise<void> => mark(tx, 'preparing', scheduleId)
export const markReady = (tx: Transaction, scheduleId: string): Promise<void> => mark(tx, 'ready', scheduleId)

const isMarked = (phase: 'preparing' | 'ready') => Prisma.sql`EXISTS (
  SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
  WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.objsubid = 2
    AND (l.classid::int, l.objid::int) = (${key(phase, Prisma.sql`s.id`)}))`

/** The state of a schedule `s`: `preparing`, or `ready` when it waits for its time; null otherwise. */
export const SWITCH_PROGRESS = Prisma.sql`CASE
  WHEN s.state NOT IN ('pending', 'running') THEN NULL WHEN ${isMarked('ready')} THEN 'ready' WHEN ${isMarked('preparing')} THEN 'preparing' END`
