import type { InvalidationContext } from '#lib/delivery/invalidation.ts'
import type { Finding } from '#lib/alerts/finding.ts'
import { resources } from '#lib/catalog/resources.ts'
import type { RedisClient } from '#lib/coherence/index.ts'
import { tag } from '#lib/coherence/tags.ts'
import type { Scope } from '#lib/alerts/reconcile.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import type { Db } from '#lib/platform/db.ts'
import type { InvalidationQueue } from '#lib/queue/invalidationQueue.ts'

/** The resources of the monitor's checks. */
export interface MonitorContext extends InvalidationContext {
  /** Milliseconds within which a change must be seen in every layer, and an alert raised when it is not. */
  readonly budgetMs: number
  /** Milliseconds from one round to the next. */
  readonly intervalMs: number
  readonly locales: readonly string[]
  /** For the write that proves that it takes writes. */
  readonly indexRedis: RedisClient
  /** To look at. */
  readonly queue: InvalidationQueue
  /** Then a row is done when the edge was seen to have it, which the worker's edge delivery says. */
  readonly hasEdge: boolean
}

/** One thing that is checked each round. It repairs what it can, and returns all that is wrong. */
export interface Check {
  readonly name: string
  /** The name under which alerts are raised and resolved, where another process finds the same: its own otherwise. */
  readonly scope?: Scope
  /**
   * @param report raises alerts at once: before a repair that may take its time, or hang
   * @throws when it could not check: its alerts stay as they are
   */
  run(context: MonitorContext, report: (findings: readonly Finding[]) => Promise<void>): Promise<Finding[]>
}

/** Alerts that name a product each; what is beyond is counted in one of them. */
export const MOST_NAMED = 20
/** Ids listed as evidence. */
export const MOST_LISTED = 20

/** `product 42`, `products 42, 43 and 7 more` */
export function nameProducts(ids: readonly number[], total = ids.length): string {
  const shown = ids.slice(0, 3)
  const more = total - shown.length
  return `product${total === 1 ? '' : 's'} ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** The cause of a failure, for people. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0])
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}

/** `1.4 s`, `350 ms` */
export function showMs(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
}

/** Ids by chance, as `draw`. Fixed before they are looked up: Postgres would draw again for each row that it compares, and end near the first ones. */
const draws = (table: string, idColumn: string, count: string) =>
  `(SELECT low + floor(random() * (high - low + 1))::int AS id
    FROM (SELECT min(${idColumn}) AS low, max(${idColumn}) AS high FROM ${table}) range, generate_series(1, ${count}) OFFSET 0) draw`

/** @returns tags of every resource kind: of the products of `sampleProducts`, and `random` rows of each other table */
export async function sampleTags(db: Db, recent: number, random: number): Promise<string[]> {
  const sample = await sampleProducts(db, recent, random)
  const products = [...new Set([...sample.recent, ...sample.random])]
  const tags = resources().map(async ([kind, { ofProduct, table, idColumn }]) => {
    const ids = ofProduct
      ? products
      : // By ranges of ids: sorting a large table by chance each round would cost more than the check.
        (
          await db.$queryRawUnsafe<{ id: number }[]>(
            `SELECT DISTINCT found.id FROM ${draws(table, idColumn, '$1::int')}, LATERAL (
                SELECT ${idColumn} AS id FROM ${table} WHERE ${idColumn} >= draw.id ORDER BY ${idColumn} LIMIT 1) found`,
            random,
          )
        ).map(({ id }) => id)
    return ids.map((id) => tag(kind, id))
  })
  return (await Promise.all(tags)).flat()
}

interface ProductSample {
  /** The newest price changes first. */
  readonly recent: number[]
  readonly random: number[]
}

/**
 * Chooses the products of a round: those that changed last, where something can be on its way or lost, and some of all
 * the others, so that in time each one is read.
 */
export async function sampleProducts(db: Db, recent: number, random: number): Promise<ProductSample> {
  const rows = await db.$queryRaw<{ id: number; recent: boolean }[]>`
    (SELECT product_id AS id, true AS recent FROM prices ORDER BY version_updated_at DESC LIMIT ${recent})
    UNION ALL
    (SELECT DISTINCT p.id, false FROM ${Prisma.raw(draws('products', 'id', `${Math.floor(random)}`))}, LATERAL (
      SELECT id FROM products WHERE id >= draw.id AND status = 'active' ORDER BY id LIMIT 1) p)`
  return {
    recent: rows.filter((row) => row.recent).map(({ id }) => id),
    random: rows.filter((row) => !row.recent).map(({ id }) => id),
  }
}
