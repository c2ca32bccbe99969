/**
 * A connection to Postgres outside of the pool, for what lives as long as its session: LISTEN, an advisory lock.
 * A Postgres that crashes sends an error and then closes, which are two 'error' events of one client, and one without a
 * listener ends the process: the listener stays for the life of the client.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { Client, type Notification } from 'pg'
import { env } from '../env.ts'
import { logger } from '../logger.ts'
import { backOffMs } from './periodic.ts'

const TIMEOUT_MS = 5_000
/** Milliseconds from a failure to the next attempt; doubled with each further one. */
const BACK_OFF = { firstMs: 250, longestMs: 5_000 }

export interface OwnConnectionOptions {
  /** Seen in `pg_stat_activity`, after `evergreen-`. */
  readonly name: string
  /** Run on each new session before it is handed out, such as LISTEN. */
  readonly begin?: (client: Client) => Promise<unknown>
  readonly onNotification?: (notification: Notification) => void
}

export class OwnConnection {
  readonly #options: OwnConnectionOptions
  readonly #stop = new AbortController()
  #client: Client | undefined
  #connecting: Promise<Client> | undefined
  #failures = 0
  #retryAt = 0

  constructor(options: OwnConnectionOptions) {
    this.#options = options
  }

  /**
   * The session: the one that is there, or a new one, after the back-off.
   * @throws when Postgres does not answer within five seconds, or the connection was closed
   */
  async client(): Promise<Client> {
    if (this.#client) return this.#client
    this.#connecting ??= this.#connect().finally(() => (this.#connecting = undefined))
    return this.#connecting
  }

  /** The session that is there now; undefined while there is none. */
  current(): Client | undefined {
    return this.#client
  }

  /** Keeps a session open until `close`. */
  async keepOpen(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const client = await this.client().catch(() => undefined)
      if (client && client === this.#client) await new Promise<void>((resolve) => client.once('end', resolve))
    }
  }

  /** Ends the session, and with it what it holds. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#client?.end().catch(() => undefined)
  }

  async #connect(): Promise<Client> {
    await delay(Math.max(0, this.#retryAt - performance.now()), undefined, { signal: this.#stop.signal })
    const { name, begin, onNotification } = this.#options
    const client = new Client({
      connectionString: env().DATABASE_DIRECT_URL ?? env().DATABASE_URL,
      application_name: `evergreen-${name}`,
      keepAlive: true,
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
    })
    let lost = false
    const lose = () => {
      if (lost) return
      lost = true
      if (this.#client === client) this.#client = undefined
      void client.end().catch(() => undefined)
    }
    client.on('error', lose)
    client.on('end', lose)
    if (onNotification) client.on('notification', onNotification)
    try {
      await client.connect()
      await begin?.(client)
      if (lost || this.#stop.signal.aborted) throw new Error('the connection was closed')
    } catch (error) {
      this.#failed(error)
      lose()
      throw error
    }
    this.#failures = 0
    this.#client = client
    return client
  }

  #failed(error: unknown): void {
    this.#retryAt = performance.now() + backOffMs(++this.#failures, BACK_OFF)
    if (this.#failures === 1)
      logger('postgres').warn({ err: error, connection: this.#options.name }, 'no connection; it is tried again')
  }
}
