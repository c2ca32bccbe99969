/**
 * Checks whether an address of Postgres gives each connection a session of its own. A pooler in transaction mode does not: what a
 * statement leaves in its session, LISTEN and locks among it, belongs to another client in the next moment.
 */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import pTimeout from 'p-timeout'
import { Client } from 'pg'
import { env } from './env.ts'
import { logger } from './logger.ts'

const CONNECT_WITHIN_MS = 5_000
/** A notification takes less than a millisecond; this long, none comes. */
const HEARD_WITHIN_MS = 2_000

export const NEEDS_DIRECT_ADDRESS =
  'DATABASE_URL leads through a pooler that gives each transaction another connection, and the locks and LISTEN of the workers need one of their own: set DATABASE_DIRECT_URL to the address of Postgres itself, for the same user.'

async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    query_timeout: CONNECT_WITHIN_MS,
  })
  client.on('error', () => undefined) // the query reports it
  try {
    await client.connect()
    return await use(client)
  } finally {
    await client.end().catch(() => undefined) // it never connected
  }
}

/**
 * Asks the server, not its port or its name: one connection listens, another notifies.
 * @returns false behind a pooler in transaction or statement mode
 * @throws when the server does not answer
 */
export function keepsSessions(url: string): Promise<boolean> {
  const channel = `evergreen_session_${randomUUID().replaceAll('-', '')}`
  return withClient(url, async (listener) => {
    const heard = once(listener, 'notification').then(() => true)
    heard.catch(() => undefined) // a connection that is lost ends the statement as well, which says so
    await listener.query(`LISTEN ${channel}`)
    await withClient(url, (notifier) => notifier.query(`NOTIFY ${channel}`))
    return pTimeout(heard, { milliseconds: HEARD_WITHIN_MS, fallback: () => false })
  })
}

/** Logs at the start of a process that it lacks DATABASE_DIRECT_URL. A Postgres that is away holds up nothing. */
export function reportUnfitDatabase(): void {
  const { DATABASE_URL, DATABASE_DIRECT_URL } = env()
  if (DATABASE_DIRECT_URL !== undefined) return
  const log = logger('postgres')
  keepsSessions(DATABASE_URL).then(
    (kept) => kept || log.error(NEEDS_DIRECT_ADDRESS),
    (error: unknown) => log.debug({ err: error }, 'Postgres did not say whether it is behind a pooler'),
  )
}
