/** The SQL of the write side. Versions, history and outbox rows are the triggers' work. */
import { Prisma } from '#lib/generated/prisma/client.ts'
import { db } from '#lib/platform/db.ts'
import { PricesBusyError, PriceStoreUnavailableError } from './errors.ts'
import type { PriceRow } from './planChanges.ts'

type Transaction = Prisma.TransactionClient

export interface Update {
  readonly productId: number
  readonly amountCents: number
  readonly compareAtCents: number | null
}

export interface ChangeContext {
  readonly actor: string
  readonly reason: string
  readonly source: string
  readonly correlationId: string
  readonly bulkEditId?: string
}

/** How long a writer waits for a price that another one changes. */
export const LOCK_TIMEOUT_MS = 5_000
const TRANSACTION_TIMEOUT_MS = 10_000
const COLUMNS = Prisma.sql`p.product_id AS "productId", p.amount_cents AS "amountCents", p.compare_at_cents AS "compareAtCents",
  p.currency, p.version, p.version_updated_at AS "versionUpdatedAt"`

/**
 * The rows of these products, locked in ascending order, so that two writers with the same products in
 * another order wait for each other in place of a deadlock. An UPDATE alone locks in the order of its plan.
 */
export async function lockPrices(tx: Transaction, productIds: readonly number[]): Promise<PriceRow[]> {
  return tx.$queryRaw<PriceRow[]>`
    SELECT ${COLUMNS} FROM prices p WHERE p.product_id = ANY(${[...productIds]}::int[])
    ORDER BY p.product_id FOR NO KEY UPDATE`
}

/** Changes the rows in one statement: one outbox row, not one for each product. @returns the rows as stamped */
export async function updatePrices(tx: Transaction, updates: readonly Update[]): Promise<PriceRow[]> {
  if (updates.length === 0) return []
  return tx.$queryRaw<PriceRow[]>`
    UPDATE prices p SET amount_cents = u.amount_cents, compare_at_cents = u.compare_at_cents
    FROM unnest(${updates.map((update) => update.productId)}::int[], ${updates.map((update) => update.amountCents)}::int[],
                ${updates.map((update) => update.compareAtCents)}::int[]) AS u (product_id, amount_cents, compare_at_cents)
    WHERE p.product_id = u.product_id
    RETURNING ${COLUMNS}`
}

/** SQLSTATE of the driver's error, which Prisma carries in `meta`. */
function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return undefined
  return /"originalCode":"([0-9A-Z]{5})"/.exec(JSON.stringify(error.meta ?? {}))?.[1]
}

const SERIALIZATION_FAILURE = '40001'

/** Somebody changed, since this transaction began, a row that it wants to lock. */
export function isOvertaken(error: unknown): boolean {
  return (
    sqlState(error) === SERIALIZATION_FAILURE ||
    (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2034')
  )
}

/** Data that the schema or a trigger does not take: the same statement fails the same way each time. */
const REFUSED = /^(22|23)|^P0001$/

/** @returns what Postgres says against the data; undefined for any other error, which a later try may not meet */
export function refusalOf(error: unknown): string | undefined {
  if (!REFUSED.test(sqlState(error) ?? '') || !(error instanceof Prisma.PrismaClientKnownRequestError)) return undefined
  return (
    /"originalMessage":"((?:[^"\\]|\\.)*)"/.exec(JSON.stringify(error.meta ?? {}))?.[1]?.replaceAll('\\"', '"') ??
    'it gave no reason'
  )
}

const LOCK_NOT_AVAILABLE = '55P03'
/** P1xxx: cannot connect. P2024, P2028: no connection or no transaction in time. */
const UNAVAILABLE = /^P1\d{3}$|^P2024$|^P2028$/

/** What Prisma threw, as the errors of pricing where there is one for it. */
export function explained(error: unknown): unknown {
  if (sqlState(error) === LOCK_NOT_AVAILABLE) return new PricesBusyError(error)
  if (error instanceof Prisma.PrismaClientInitializationError) return new PriceStoreUnavailableError(error)
  if (error instanceof Prisma.PrismaClientKnownRequestError && UNAVAILABLE.test(error.code))
    return new PriceStoreUnavailableError(error)
  return error
}

/** Runs the work in one transaction whose history rows say who, why and from where. */
export async function inPriceTransaction<T>(context: ChangeContext, work: (tx: Transaction) => Promise<T>): Promise<T> {
  try {
    return await db().$transaction(
      async (tx) => {
        await tx.$executeRaw`SELECT set_config('evergreen.actor', ${context.actor}, true), set_config('evergreen.reason', ${context.reason}, true),
          set_config('evergreen.source', ${context.source}, true), set_config('evergreen.correlation_id', ${context.correlationId}, true),
          set_config('evergreen.bulk_edit_id', ${context.bulkEditId ?? ''}, true),
          set_config('lock_timeout', ${`${LOCK_TIMEOUT_MS}ms`}, true)`
        return work(tx)
      },
      { maxWait: 5_000, timeout: TRANSACTION_TIMEOUT_MS },
    )
  } catch (error) {
    throw explained(error)
  }
}
