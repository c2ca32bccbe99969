/**
 * A switch: all prices of a schedule at one moment, however many they are. They are written in one transaction that is prepared
 * ahead, waits for its time by the clock of Postgres, and commits. Killed anywhere before that, nothing has happened.
 */
import { coherence, versionSource } from '#lib/catalog/coherence.ts'
import { edge } from '#lib/cdn/edgePort.ts'
import { deliverFrom } from '#lib/delivery/outbox.ts'
import { db } from '#lib/platform/db.ts'
import type { PreparedCommit } from '#lib/coherence/index.ts'
import type { Prisma } from '#lib/generated/prisma/client.ts'
import { type ChangeContext, refusalOf, retried, setChangeContext, type Transaction } from '../../transaction.ts'
import type { Chunk } from '../apply/applyChunk.ts'
import { markPreparing, markReady } from './switchProgress.ts'

/** Prices that are written by one statement. Each part is a savepoint, and of more than 64 in a transaction every reader pays for. */
const PART_ROWS = 2_500
/** Milliseconds that a statement waits for a price that another one changes, such as a switch that overlaps. */
const LOCK_TIMEOUT_MS = 9_000
/** Milliseconds without a word of the worker after which Postgres gives up: its machine may be gone, and its locks would stay. */
const SILENT_MS = 15_000
/** Milliseconds for which Postgres sleeps at most: between two sleeps the worker sees that it has to stop. */
const SLEEP_MS = 500
/** Milliseconds beyond its time that a preparation may take before it is given up: an hour of locked prices helps no shop. */
const LONGEST_MS = 600_000

/** Milliseconds before the commit at which an edge hears of it: 40,000 versions take Varnish 140 ms, and our Worker 10. */
const EDGE_LEAD_MS = 600
/** Milliseconds before the commit at which processes that follow the outbox are asked to leave it alone. */
const CLAIM_LEAD_MS = 200
/**
 * Milliseconds after a large commit that belong to its readers: each page is filled anew then, and the first four jobs, of 4,000 prices
 * each, take both from Postgres and from Redis what they need.
 */
const READERS_FIRST_MS = 1_000

/** Brings to the caches what the transaction has changed, unseen until its commit. Called once it changes no price any more. */
const stageSwitch = (tx: Transaction): Promise<PreparedCommit> => coherence().prepareCommit(versionSource(() => tx))

/** The worker stops, or the time of a sale is over: nothing was written. */
export class SwitchGivenUpError extends Error {
  override readonly name = 'SwitchGivenUpError'
}

export interface SwitchOptions {
  /** Gives up what does not commit within the next moment; another worker prepares it anew. */
  readonly signal?: AbortSignal | undefined
}

/** A moment that waits for it is not worth a second preparation. */
const NEARLY_MS = 1_000

/** The result of a claim. */
export interface Due {
  readonly scheduleId: string
  readonly context: Omit<ChangeContext, 'effectiveAt'>
  /** When it switches: its time, or as soon as it can be prepared. */
  readonly at: Date
}

export interface SwitchSteps<D extends Due> {
  /** Locks the schedule. Undefined: another worker has it, or there is nothing to do any more. */
  claim(tx: Transaction): Promise<D | undefined>
  /** Writes everything but the outcome. */
  prepare(tx: Transaction, due: D): Promise<void>
  /** Writes the outcome. @param at when it switches */
  finish(tx: Transaction, due: D, at: Date): Promise<void>
  /** Called after the wait, just before the commit. @param now the time of the database @throws {SwitchGivenUpError} */
  beforeCommit?(due: D, now: Date): void
}

/**
 * Claims, prepares, waits and commits.
 * @returns what was claimed, after its commit; undefined when there was nothing to claim
 * @throws {SwitchGivenUpError} @throws {PricesBusyError} when a price stays locked: nothing was written, and a later try can succeed
 */
export async function runSwitch<D extends Due>(
  steps: SwitchSteps<D>,
  { signal }: SwitchOptions,
): Promise<D | undefined> {
  const switched = await retried(async () => {
    let staged: PreparedCommit | undefined
    try {
      return await db().$transaction(
        async (tx) => {
          const due = await steps.claim(tx)
          if (!due) return undefined
          await setChangeContext(tx, { ...due.context, effectiveAt: due.at }, LOCK_TIMEOUT_MS)
          await tx.$executeRaw`SELECT set_config('idle_in_transaction_session_timeout', ${`${SILENT_MS}ms`}, true)`
          await markPreparing(tx, due.scheduleId)
          await steps.prepare(tx, due)
          staged = await stageSwitch(tx)
          const readyAt = await databaseTime(tx)
          const at = readyAt > due.at ? readyAt : due.at
          await steps.finish(tx, due, at)
          // Another edge hears of the prices by the jobs alone.
          if (edge()?.immediate !== false) await deliverFrom(tx, new Date(at.getTime() + READERS_FIRST_MS))
          await markReady(tx, due.scheduleId)
          const until = (aheadMs: number) => waitUntil(tx, new Date(due.at.getTime() - aheadMs), signal)
          await until(EDGE_LEAD_MS)
          await staged.publishAhead()
          await until(CLAIM_LEAD_MS)
          await staged.claim()
          const now = await until(0)
          steps.beforeCommit?.(due, now)
          return { due, staged }
        },
        { maxWait: 5_000, timeout: LONGEST_MS },
      )
    } catch (error) {
      await staged?.drop()
      throw error
    }
  })
  await switched?.staged.show()
  return switched?.due
}

export async function databaseTime(tx: Pick<Transaction, '$queryRaw'>): Promise<Date> {
  const [row] = await tx.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`
  if (!row) throw new Error('The database gave no time.')
  return row.now
}

/**
 * Sleeps in Postgres, whose clock decides. The statement that wakes at the time says so itself: the commit follows as the very next one.
 * @returns the time of the database, `time` or later
 */
async function waitUntil(tx: Transaction, time: Date, signal: AbortSignal | undefined): Promise<Date> {
  for (;;) {
    const [row] = await tx.$queryRaw<{ now: Date; leftMs: number }[]>`
      SELECT clock_timestamp() AS now, (EXTRACT(EPOCH FROM ${time}::timestamptz - clock_timestamp()) * 1000)::float8 AS "leftMs"
      FROM (SELECT pg_sleep(LEAST(${SLEEP_MS}::int / 1000.0, EXTRACT(EPOCH FROM ${time}::timestamptz - clock_timestamp()))) OFFSET 0) slept`
    if (!row) throw new Error('The database gave no time.')
    if (row.leftMs <= 0) return row.now
    if (signal?.aborted && row.leftMs > NEARLY_MS) throw new SwitchGivenUpError('the worker stops')
  }
}

/**
 * Writes rows part by part. A part that the database refuses is halved until the row that it refuses is alone: that row stays as
 * it is, and every other one is written.
 * @param productIds in ascending order: two writers that lock prices in this order wait for each other in place of a deadlock
 * @param write of the products above `after`, up to `last`; all that it asks for is in `productIds`
 */
export async function inParts(
  tx: Transaction,
  productIds: readonly number[],
  write: (chunk: Chunk) => Promise<void>,
  refuse: (productId: number, reason: string) => Promise<void>,
): Promise<void> {
  async function part(ids: readonly number[]): Promise<void> {
    const [first, last] = [ids[0], ids.at(-1)]
    if (first === undefined || last === undefined) return
    await tx.$executeRaw`SAVEPOINT part`
    try {
      await write({ after: first - 1, last })
      await tx.$executeRaw`RELEASE SAVEPOINT part`
    } catch (error) {
      const reason = refusalOf(error)
      if (reason === undefined) throw error
      await tx.$executeRaw`ROLLBACK TO SAVEPOINT part`
      await tx.$executeRaw`RELEASE SAVEPOINT part`
      if (ids.length === 1) return refuse(first, reason)
      const half = Math.ceil(ids.length / 2)
      await part(ids.slice(0, half))
      await part(ids.slice(half))
    }
  }
  for (let at = 0; at < productIds.length; at += PART_ROWS) await part(productIds.slice(at, at + PART_ROWS))
}

/** @returns product ids that a statement yields as one column `id`, in ascending order */
export async function idsOf(tx: Transaction, statement: Prisma.Sql): Promise<readonly number[]> {
  const [row] = await tx.$queryRaw<
    { ids: number[] | null }[]
  >`SELECT array_agg(id ORDER BY id) AS ids FROM (${statement}) found (id)`
  return row?.ids ?? []
}
