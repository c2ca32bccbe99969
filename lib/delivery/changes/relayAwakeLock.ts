/**
 * A lock that shows writers that a relay is looking by itself, so that their commits send no NOTIFY and do not wait for
 * each other.
 */
import type { OwnConnection } from '#lib/platform/process/ownConnection.ts'

/** The channel of the NOTIFY that a commit sends while no relay is awake; the lock has its name, too. */
export const CHANNEL = 'evergreen_outbox'
/** Milliseconds without a change after which a relay that looks by itself sleeps. */
export const SLEEPY_MS = 1_000

/** The lock that shows writers that a relay looks by itself. It ends with its session; of several relays one holds it. */
export class RelayAwakeLock {
  readonly #connection: OwnConnection
  #holder: unknown
  #triedAt = -Infinity

  constructor(connection: OwnConnection) {
    this.#connection = connection
  }

  /** @returns whether the lock has changed. Without the lock they send a NOTIFY, which costs time and nothing else */
  async say(isAwake: boolean): Promise<boolean> {
    const client = this.#connection.current()
    if (!client) return false
    const holds = this.#holder === client
    if (holds === isAwake || (isAwake && performance.now() - this.#triedAt < SLEEPY_MS)) return false
    this.#triedAt = performance.now()
    try {
      const call = isAwake ? 'pg_try_advisory_lock' : 'pg_advisory_unlock'
      const { rows } = await client.query<{ done: boolean }>(`SELECT ${call}(hashtext('${CHANNEL}')) AS done`)
      this.#holder = isAwake && rows[0]?.done === true ? client : undefined
      return true
    } catch {
      return false // the session is over, and the lock with it
    }
  }
}
