/** The stores as one process of the fleet sees them: Redis through a proxy that breaks, Postgres with its queries counted. */
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { boundedRedis } from '../../lib/platform/testing/redis.ts'
import type { Process, Row, StrategyRedis } from './strategy.ts'

export interface Address {
  readonly databaseUrl: string
  /** The port of the proxy. */
  readonly redisPort: number
  readonly redisDatabase: number
  readonly ttlMs: number
}

/** The points at which a test or the load interferes. */
export interface Hooks {
  /** A page has been read from Postgres, and is not kept yet. */
  readonly rendering?: (id: number) => Promise<void>
  /** A new price is accepted, and nothing that follows from it has been done. */
  readonly accepted?: (rows: readonly Row[]) => Promise<void>
  /** Whether this message is lost. */
  readonly loses?: () => boolean
}

export interface RunningProcess extends Process {
  /** Statements sent to Postgres so far. */
  readonly queries: () => number
  close(): Promise<void>
}

/** Milliseconds: what the page of a product takes, beside its query. */
const RENDER_MS = 8
const COMMAND_TIMEOUT_MS = 250
const RECONNECT_MS = 20

export async function openProcess(address: Address, hooks: Hooks = {}): Promise<RunningProcess> {
  const { databaseUrl, redisPort, redisDatabase, ttlMs } = address
  const closing: (() => Promise<void> | void)[] = []
  const ended = new AbortController()
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 8 })
  pool.on('error', () => undefined)
  let queries = 0

  async function connect(): Promise<StrategyRedis> {
    const redis = await boundedRedis({
      port: redisPort,
      db: redisDatabase,
      commandTimeout: COMMAND_TIMEOUT_MS,
      retryStrategy: () => RECONNECT_MS,
    })
    closing.push(() => redis.disconnect())
    return redis
  }
  const redis = await connect()

  async function query(sql: string, parameters: readonly unknown[] = []): Promise<readonly object[]> {
    queries++
    return (await pool.query<object>(sql, [...parameters])).rows
  }
  const rowsOf = (rows: readonly object[]): Row[] =>
    rows.map((row) => ({ id: Number(Reflect.get(row, 'id')), amount: Number(Reflect.get(row, 'amount')) }))
  const accepted = async (rows: readonly Row[]) => hooks.accepted?.(rows)

  return {
    redis,
    ttlMs,
    connect,
    query,
    accepted,
    queries: () => queries,
    async render(id) {
      const [row] = rowsOf(await query('SELECT id, amount FROM prices WHERE id = $1', [id]))
      if (!row) throw new Error(`there is no product ${id}`)
      await (hooks.rendering?.(id) ?? delay(RENDER_MS))
      return row
    },
    async commit(ids) {
      const rows = rowsOf(
        await query('UPDATE prices SET amount = amount + 1 WHERE id = ANY($1::int[]) RETURNING id, amount', [ids]),
      )
      await accepted(rows)
      return rows
    },
    async send(message) {
      if (hooks.loses?.()) return false
      return message().then(
        () => true,
        () => false,
      )
    },
    repeat(everyMs, task) {
      const { signal } = ended
      const run = async () => {
        while (!signal.aborted) {
          await task().catch(() => undefined)
          await delay(everyMs, undefined, { signal }).catch(() => undefined)
        }
      }
      const running = run()
      closing.push(() => running)
    },
    onClose: (close) => void closing.push(close),
    async close() {
      ended.abort()
      // Close in reverse order: a later one may need an earlier one.
      for (const close of closing.reverse()) await close()
      await pool.end()
    },
  }
}
