/** Transactions on prices: what Postgres gives up is run again, and what it says becomes an error of ours. */
import { setTimeout as delay } from 'node:timers/promises'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { db, type RunStatement } from '#lib/platform/db.ts'
import { logger } from '#lib/platform/logger.ts'
import { isStoreAway, postgresSays } from '#lib/platform/storeErrors.ts'
import { PricesBusyError, PriceStoreUnavailableError } from './errors.ts'

export type Transaction = Prisma.TransactionClient

/** Runs statements in the transaction. */
export const runIn =
  (tx: Transaction): RunStatement =>
  (statement) =>
    tx.$queryRaw(statement)

const sqlState = (error: unknown): string | undefined => postgresSays(error)?.sqlState

/** Data that the schema or a trigger does not take: the same statement fails the same way each time. */
const REFUSED = /^(22|23)|^P0001$/

/** @returns what Postgres says against the data; undefined for any other error, which a later try may not meet */
export function refusalOf(error: unknown): string | undefined {
  const said = postgresSays(error)
  if (!said || !REFUSED.test(said.sqlState)) return undefined
  return said.message || 'it gave no reason'
}

const SERIALIZATION_FAILURE = '40001'
const DEADLOCK = '40P01'
const LOCK_NOT_AVAILABLE = '55P03'
/** A statement took longer than its transaction allows. */
const QUERY_CANCELED = '57014'

/** Another transaction changed, since this one began, a row that it wants to lock. */
function isOvertaken(error: unknown): boolean {
  return sqlState(error) === SERIALIZATION_FAILURE
}

/** Postgres rolled the transaction back for the sake of another one: the same again can succeed. */
function isGivenUp(error: unknown): boolean {
  return (
    isOvertaken(error) ||
    sqlState(error) === DEADLOCK ||
    (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2034')
  )
}

/** Another transaction held a row for longer than this one waits. */
export function isLockTimeout(error: unknown): boolean {
  return sqlState(error) === LOCK_NOT_AVAILABLE
}

/** Turns an error of Prisma into one of pricing, where there is one for it. */
function explained(error: unknown): unknown {
  if (isGivenUp(error) || isLockTimeout(error) || sqlState(error) === QUERY_CANCELED) return new PricesBusyError(error)
  return isStoreAway(error) ? new PriceStoreUnavailableError(error) : error
}

/** A deadlock costs a second before Postgres sees it, so that few tries are also a bound on the wait. */
const MAX_TRIES = 4
/** Twice as long before each further try, and of a random share of it: two transactions that met once do not meet again. */
const FIRST_PAUSE_MS = 25

/**
 * Runs one transaction, and again where Postgres gave it up for a deadlock or a serialization failure.
 * @param work one whole transaction; it has no effect besides
 * @param overtaken the error to throw at once, in place of another try, when another transaction was faster
 * @throws {PricesBusyError} when a row stays locked, or each of MAX_TRIES is given up; nothing was written
 * @throws {PriceStoreUnavailableError} when Postgres does not answer
 */
export async function retried<T>(work: () => Promise<T>, overtaken?: () => Error): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (overtaken && isOvertaken(error)) throw overtaken()
      if (!isGivenUp(error) || attempt === MAX_TRIES) throw explained(error)
      logger('pricing').warn({ sqlState: sqlState(error), attempt }, 'Postgres gave a transaction up; it is run again')
      await delay(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random()))
    }
  }
}

export interface TransactionOptions {
  /** Milliseconds for each try. */
  readonly timeout?: number
  readonly isolationLevel?: Prisma.TransactionIsolationLevel
  /** As of `retried`. */
  readonly overtaken?: () => Error
}

/**
 * Runs the work in one transaction, as `retried` does: the work may run several times, and only the last one counts.
 * @throws what the work throws, and as `retried`
 */
export async function inTransaction<T>(
  work: (tx: Transaction) => Promise<T>,
  { overtaken, ...options }: TransactionOptions = {},
): Promise<T> {
  return retried(() => db().$transaction(work, { maxWait: 5_000, ...options }), overtaken)
}

export interface ChangeContext {
  readonly actor: string
  readonly reason: string
  readonly source: string
  readonly correlationId: string
  readonly bulkEditId?: string
  /** The time at which a transaction that is prepared ahead commits. Its versions and its history carry that time. */
  readonly effectiveAt?: Date
}

/** Milliseconds that a writer waits for a price that another one changes. */
export const LOCK_TIMEOUT_MS = 5_000
const TRANSACTION_TIMEOUT_MS = 10_000

/**
 * The settings of one transaction that say who changes prices, why and from where, as expressions of a select.
 * @param lockTimeoutMs how long each statement waits for a price that another one changes
 */
export function changeSettings(
  { actor, reason, source, correlationId, bulkEditId = '', effectiveAt }: ChangeContext,
  lockTimeoutMs = LOCK_TIMEOUT_MS,
): Prisma.Sql {
  return Prisma.sql`set_config('evergreen.actor', ${actor}, true), set_config('evergreen.reason', ${reason}, true),
    set_config('evergreen.source', ${source}, true), set_config('evergreen.correlation_id', ${correlationId}, true),
    set_config('evergreen.bulk_edit_id', ${bulkEditId}, true), set_config('evergreen.effective_at', ${effectiveAt?.toISOString() ?? ''}, true),
    set_config('lock_timeout', ${`${lockTimeoutMs}ms`}, true)`
}

/** Makes these settings for the rest of a transaction. @param lockTimeoutMs as of `changeSettings` */
export async function setChangeContext(tx: Transaction, context: ChangeContext, lockTimeoutMs?: number): Promise<void> {
  await tx.$executeRaw`SELECT ${changeSettings(context, lockTimeoutMs)}`
}

/** Runs the work in one transaction whose history rows have the actor, the reason and the source. */
export async function inPriceTransaction<T>(context: ChangeContext, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return inTransaction(
    async (tx) => {
      await setChangeContext(tx, context)
      return work(tx)
    },
    { timeout: TRANSACTION_TIMEOUT_MS },
  )
}
