/** A deadlock of two real transactions in which the application's is the one that Postgres gives up. */
import pg from 'pg'
import { vi } from 'vitest'

interface Opponent {
  /** The first lock of the other transaction; the application must come to wait for it. */
  readonly holds: string
  /** Its next lock: the application holds it by then. */
  readonly wants: string
}

/** Longer than it takes to see that the application waits, so that the circle is closed when Postgres looks for one. */
const DEADLOCK_TIMEOUT_MS = 3_000

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
}

/** Call it before the application connects. */
export async function lookForDeadlocksLate(url: string): Promise<void> {
  const client = await connected(url)
  await client.query(
    `ALTER DATABASE ${client.escapeIdentifier(new URL(url).pathname.slice(1))} SET deadlock_timeout = '${DEADLOCK_TIMEOUT_MS}ms'`,
  )
  await client.end()
}

/**
 * Runs `work` against a transaction that holds what it needs and wants what it holds. The other one never looks for a
 * deadlock itself, so Postgres ends the application's; then the other one rolls back.
 * @returns what came of the work, and how many deadlocks Postgres counted
 */
export async function againstOpponent<T>(
  url: string,
  { holds, wants }: Opponent,
  work: () => Promise<T>,
): Promise<{ outcome: T; deadlocks: number }> {
  const [other, watcher] = [await connected(url), await connected(url)]
  const counted = async () =>
    Number(
      (await watcher.query('SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()')).rows[0]
        ?.deadlocks ?? 0,
    )
  try {
    const before = await counted()
    await other.query(`BEGIN; SET LOCAL deadlock_timeout = '60s'; ${holds}`)
    const {
      rows: [self],
    } = await other.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    const working = work()
    working.catch(() => undefined) // awaited below
    await vi.waitFor(
      async () => {
        const { rowCount } = await watcher.query(
          'SELECT 1 FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))',
          [self?.pid],
        )
        if (rowCount === 0) throw new Error('nothing waits for the other transaction')
      },
      { timeout: 10_000, interval: 5 },
    )
    await other.query(wants)
    await other.query('ROLLBACK')
    const outcome = await working
    const deadlocks = await vi.waitFor(
      async () => {
        const more = (await counted()) - before
        if (more === 0) throw new Error('Postgres has not counted a deadlock')
        return more
      },
      { timeout: 10_000 },
    )
    return { outcome, deadlocks }
  } finally {
    await Promise.all([other.end(), watcher.end()])
  }
}
