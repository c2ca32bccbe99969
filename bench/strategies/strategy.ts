/** A caching strategy: how a web process reads a price through it, and how a writer changes prices. */
import type { boundedRedis } from '../../lib/platform/testing/redis.ts'

/** The type of the project's own ioredis, beside which the benchmarks of others have theirs. */
export type StrategyRedis = Awaited<ReturnType<typeof boundedRedis>>

/** A row as it was committed. `amount` grows by one with each edit, so it says how old an answer is. */
export interface Row {
  readonly id: number
  readonly amount: number
}

/** The resources of one process. */
export interface Process {
  /** Shared by the fleet; commands fail within a quarter of a second, and at once while it is away. */
  readonly redis: StrategyRedis
  /** Milliseconds that an entry is fresh, for a strategy with a TTL. */
  readonly ttlMs: number
  /** Another connection to the same Redis, which ends with the process. */
  connect(): Promise<StrategyRedis>
  /** One statement. */
  query(sql: string, parameters?: readonly unknown[]): Promise<readonly object[]>
  /** Makes the page of a row: one query, and some milliseconds of rendering. */
  render(id: number): Promise<Row>
  /** Raises the prices of these rows, in one transaction. */
  commit(ids: readonly number[]): Promise<readonly Row[]>
  /** Says that a new price is accepted; `commit` does so by itself. A writer may die here. */
  accepted(rows: readonly Row[]): Promise<void>
  /**
   * Sends what makes another process or a store forget an entry. One in a hundred may be lost on the way.
   * @returns whether it is known to have arrived: a strategy may look at it, or not
   */
  send(message: () => Promise<unknown>): Promise<boolean>
  /** Runs `task` again and again, `everyMs` apart, until the process ends. An error ends nothing. */
  repeat(everyMs: number, task: () => Promise<void>): void
  /** To be called when the process ends. */
  onClose(close: () => Promise<void> | void): void
}

export interface Reader {
  /** @returns the amount that a visitor sees */
  read(id: number): Promise<number>
}

export interface Writer {
  /** Returns when the edit is acknowledged. @throws when it is refused */
  write(ids: readonly number[]): Promise<void>
}

export interface Strategy {
  readonly name: string
  /** The source that describes the pattern so. */
  readonly source: string
  /** Whether the table is one of `make_versioned`. */
  readonly versioned?: true
  reader(process: Process): Promise<Reader> | Reader
  writer(process: Process): Promise<Writer> | Writer
}

export const keyOf = (id: number) => `page:${id}`

/** The value in the cache; undefined when there is nothing, or the cache is away: then the database answers. */
export async function cached(redis: StrategyRedis, key: string): Promise<string | undefined> {
  return (await redis.get(key).catch(() => undefined)) ?? undefined
}

/** Cache-aside: what is missing is rendered and kept. @param ttlMs undefined: until it is purged */
export function cacheAside({ redis, render }: Process, ttlMs?: number): Reader {
  return {
    async read(id) {
      const hit = await cached(redis, keyOf(id))
      if (hit !== undefined) return Number(hit)
      const { amount } = await render(id)
      const keep = ttlMs === undefined ? redis.set(keyOf(id), amount) : redis.set(keyOf(id), amount, 'PX', ttlMs)
      await keep.catch(() => undefined)
      return amount
    },
  }
}
