/** The lock with which a person changes a schedule: while a worker prepares its start or its end, the worker has it. */
import { z } from 'zod'
import { db } from '#lib/platform/db.ts'
import { isLockTimeout, type Transaction } from '../../transaction.ts'
import { BulkEditStateError, ScheduleNotFoundError } from '../errors.ts'

/** Milliseconds: another person's change takes less, the start of a large sale more. */
const PATIENCE_MS = 1_000

/** @throws {ScheduleNotFoundError} when it cannot be the id of a schedule */
export function scheduleId(id: string): string {
  const uuid = z.uuid().safeParse(id)
  if (!uuid.success) throw new ScheduleNotFoundError(id)
  return uuid.data
}

/**
 * Locks a schedule by a statement of the caller's.
 * @param id of the schedule, or of its edit
 * @throws {BulkEditStateError} when it is being started or ended at this moment
 */
export async function whileNotSwitching<T>(tx: Transaction, id: string, lock: () => Promise<T>): Promise<T> {
  await tx.$executeRaw`SELECT set_config('lock_timeout', ${`${PATIENCE_MS}ms`}, true)`
  const locked = await lock().catch(async (error: unknown) => {
    throw isLockTimeout(error) ? await switchingError(id) : error
  })
  await tx.$executeRaw`SELECT set_config('lock_timeout', '0', true)`
  return locked
}

async function switchingError(id: string): Promise<BulkEditStateError> {
  const found = await db().priceSchedule.findFirst({
    where: { OR: [{ id }, { bulkEditId: id }] },
    select: { state: true },
  })
  const state = found?.state ?? 'pending'
  return new BulkEditStateError(
    state,
    `It is being ${state === 'pending' ? 'started' : 'ended'} now, and nothing was changed. Try again in a few seconds.`,
  )
}
