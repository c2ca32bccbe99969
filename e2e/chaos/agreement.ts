/** When all is quiet: whether every layer says of the whole catalog what Postgres says, and orders what was accepted and taken. */
import type { Redis } from 'ioredis'
import { RESOURCES } from '#lib/catalog/resources.ts'
import { keys } from '#lib/coherence/index.ts'
import { parseTagState } from '#lib/coherence/protocol/tagState.ts'
import { tag } from '#lib/coherence/tags.ts'
import type { Line } from '../coherence/history.ts'
import { query } from '../lease/servers/postgresPair.ts'
import { until } from '../lease/servers/until.ts'
import { lostOrders } from './acknowledged.ts'
import { pageDifferences } from './pages.ts'
import { payloadDifferences } from './payloads.ts'
import { NOTHING_PROMISED, type Promised, promisesBroken } from './promised.ts'

/** The copies that are compared with Postgres. */
export interface Layers {
  readonly databaseUrl: string
  readonly redis: { readonly admin: Redis }
  readonly web: readonly { readonly url: string }[]
  readonly edge?: string
}

const QUIET_WITHIN_MS = 60_000

export interface Agreement {
  /** Milliseconds until the outbox was empty and every sale had ended. */
  readonly quietMs: number
  readonly tags: number
  readonly payloads: number
  /** In every language, of each web instance and of the edge. */
  readonly pages: number
  /** Milliseconds that the comparison of the pages took. */
  readonly pagesMs: number
  readonly orderLines: number
  /** Planned sales that were not begun: their whole time had passed while stores or workers were away. */
  readonly missedSales: number
  /** Each in words. */
  readonly differences: readonly string[]
}

/** Returns when nothing is under way. */
function untilQuiet({ databaseUrl }: Layers): Promise<number> {
  return until(
    'the outbox is empty, no edit is under way and every sale has ended',
    async () => {
      const [row] = await query<{ quiet: boolean }>(
        databaseUrl,
        `SELECT NOT EXISTS (SELECT FROM outbox WHERE done_at IS NULL)
            AND NOT EXISTS (SELECT FROM price_schedules WHERE state IN ('pending', 'running')) AS quiet`,
      )
      return row?.quiet === true
    },
    QUIET_WITHIN_MS,
  )
}

/** A tag that the index does not hold is looked up in Postgres by its first reader; one that it holds must be right. */
async function indexDifferences({ databaseUrl, redis }: Layers): Promise<{ tags: number; differences: string[] }> {
  const differences: string[] = []
  let tags = 0
  for (const [kind, { table, idColumn, versionColumn }] of Object.entries(RESOURCES)) {
    const rows = await query<{ id: number; version: string }>(
      databaseUrl,
      `SELECT ${idColumn} AS id, ${versionColumn} AS version FROM ${table}`,
    )
    if (rows.length === 0) continue
    const texts = await redis.admin.mget(rows.map(({ id }) => keys.tag(tag(kind, id))))
    for (const [i, { id, version }] of rows.entries()) {
      const held = parseTagState(texts[i] ?? null).version
      if (held === 0) continue
      tags++
      if (held !== Number(version))
        differences.push(`the index has version ${held} of ${tag(kind, id)}, Postgres ${version}`)
    }
  }
  return { tags, differences }
}

/** The stock of every product, before the first order. */
export async function stocks(databaseUrl: string): Promise<Map<number, number>> {
  const rows = await query<{ id: number; quantity: number }>(
    databaseUrl,
    'SELECT product_id AS id, quantity FROM stock',
  )
  return new Map(rows.map(({ id, quantity }) => [id, quantity]))
}

/** All orders count, those too whose shopper never got an answer. */
async function orderDifferences(
  { databaseUrl }: Layers,
  before: ReadonlyMap<number, number>,
  { orders }: Promised,
): Promise<{ orderLines: number; differences: string[] }> {
  const lines = await query<{
    number: string
    product: number
    quantity: number
    amount: number
    version: string
    was: number | null
  }>(
    databaseUrl,
    `SELECT o.number, l.product_id AS product, l.quantity, l.amount_minor AS amount, l.price_version AS version, c.new_amount_cents AS was
     FROM order_lines l JOIN orders o ON o.id = l.order_id LEFT JOIN price_changes c ON c.product_id = l.product_id AND c.version = l.price_version`,
  )
  const invented = lines
    .filter(({ amount, was }) => amount !== was)
    .map(
      ({ product, version, amount, was }) =>
        `an order has product ${product} at version ${version} for ${amount} cents; Postgres committed ${was ?? 'none'}`,
    )
  const left = await stocks(databaseUrl)
  const lost = [...before].flatMap(([id, quantity]) => {
    const sold = lines.filter(({ product }) => product === id).reduce((sum, line) => sum + line.quantity, 0)
    const now = left.get(id) ?? 0
    return now === quantity - sold && now >= 0
      ? []
      : [`of product ${id} ${quantity} were there, ${sold} are ordered, ${now} are left`]
  })
  const written = new Map<string, Line[]>()
  for (const { number, product: productId, quantity, amount: amountCents, version } of lines)
    written.set(number, [
      ...(written.get(number) ?? []),
      { productId, quantity, amountCents, version: Number(version) },
    ])
  return {
    orderLines: lines.length,
    differences: [...invented, ...lost, ...lostOrders(orders, written)],
  }
}

/** A layer of which nothing was compared agrees with anything. */
function nothingCompared(compared: Readonly<Record<string, number>>): string[] {
  return Object.entries(compared).flatMap(([what, count]) => (count === 0 ? [`no ${what} were compared`] : []))
}

/**
 * @param before see `stocks`
 * @param promised what must be there
 */
export async function agreement(
  layers: Layers,
  before: ReadonlyMap<number, number>,
  promised: Promised = NOTHING_PROMISED,
): Promise<Agreement> {
  const { databaseUrl, redis, web, edge } = layers
  const quietMs = await untilQuiet(layers)
  const rows = await query<{ productId: number; version: string; amountCents: number }>(
    databaseUrl,
    'SELECT product_id AS "productId", version, amount_cents AS "amountCents" FROM prices',
  )
  const prices = new Map(rows.map((row) => [row.productId, { ...row, version: Number(row.version) }]))
  const index = await indexDifferences(layers)
  const payloads = await payloadDifferences(databaseUrl, redis.admin)
  const begun = performance.now()
  const origins = [...web.map(({ url }) => url), ...(edge === undefined ? [] : [edge])]
  const pages = await pageDifferences(databaseUrl, origins, prices)
  const pagesMs = performance.now() - begun
  const orders = await orderDifferences(layers, before, promised)
  const { missedSales, differences: broken } = await promisesBroken(databaseUrl, promised)
  const compared = { tags: index.tags, payloads: payloads.payloads, pages: pages.pages }
  return {
    quietMs,
    missedSales,
    pagesMs,
    ...compared,
    orderLines: orders.orderLines,
    differences: [
      ...nothingCompared(compared),
      ...[index, payloads, pages, orders].flatMap(({ differences }) => differences),
      ...broken,
    ],
  }
}
