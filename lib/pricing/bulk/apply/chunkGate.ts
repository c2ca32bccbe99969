/**
 * Chunks pass the gate of their edit together; a cancellation goes alone, and is next. The lock on the edit's row does not
 * give that: Postgres lets transactions that share a row lock past one that waits for it alone, and with two chunks under
 * way at any time the cancellation would wait until the last one.
 */
import { Prisma } from '#lib/generated/prisma/client.ts'

/** Until the end of the transaction. Waits for a cancellation that has the gate, or waits for it. */
export function passGate(id: string): Prisma.Sql {
  return Prisma.sql`pg_advisory_xact_lock_shared(hashtextextended(${id}::text, 0))`
}

/** True of an edit `e` of which a chunk is under way, in any process. */
export const IS_UNDER_WAY = Prisma.sql`EXISTS (
  SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
  WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.objsubid = 1
    AND ((l.classid::bigint << 32) | l.objid::bigint) = hashtextextended(e.id::text, 0))`

/** Until the end of the transaction. Waits for the chunks under way. */
export async function closeGate(tx: Prisma.TransactionClient, id: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${id}::text, 0)) IS NULL AS closed`
}
