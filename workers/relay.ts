/**
 * The relay: from the outbox to the index and the queue. While changes come it looks by itself, and holds a lock that says so: no
 * commit sends a NOTIFY then, which would make the commits wait for each other. When nothing came for a while it lets go of the
 * lock and sleeps until a NOTIFY; what that missed, a look a moment later finds.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { handOver, idsOf, JOB_ENTITIES, type OutboxRow } from '#lib/delivery/outbox.ts'
import { traceHandedOver } from '#lib/delivery/traceRows.ts'
import { coherence } from '#lib/catalog/coherence.ts'
import { db } from '#lib/platform/db.ts'
import { keepBeating, silentAfterMs } from '#lib/platform/process/heartbeat.ts'
import { logger } from '#lib/platform/logger.ts'
import { OwnConnection } from '#lib/platform/process/ownConnection.ts'
import { onShutdown } from '#lib/platform/process/shutdown.ts'
import { CONCURRENCY, enqueueInvalidation, type InvalidationQueue } from '#lib/queue/invalidationQueue.ts'

const CHANNEL = 'evergreen_outbox'
/** Milliseconds from one look to the next while changes come: what a write past the application waits for, at most. */
const LOOK_MS = 25
/** Milliseconds from one claim to the next: what comes in between is one job. */
const CLAIM_MS = 250
/** Milliseconds without a change after which it sleeps. */
const SLEEPY_MS = 1_000
/** Milliseconds from one look to the next while it sleeps. */
const POLL_MS = 500
/** Milliseconds for which nothing is claimed because jobs wait: then they grow, and cost less. */
const HELD_BACK_MS = 1_000

export function startRelay(queue: InvalidationQueue): void {
  const log = logger('relay')
  const stop = new AbortController()
  let woken = () => {}
  let lookedAt = performance.now()
  let claimedAt = -Infinity
  /** When something was there to be done. */
  let busyAt = -Infinity

  async function enqueue(rows: readonly OutboxRow[]): Promise<void> {
    await enqueueInvalidation(queue, { outboxIds: idsOf(rows).map(String) })
    traceHandedOver(rows)
    for (const correlationId of new Set(rows.map((row) => row.correlationId)))
      log.info({ outboxId: rows[0]?.id.toString(), rows: rows.length, correlationId }, 'handed to the queue')
  }

  /** Whether jobs wait for a worker: a queue that does not answer is found out by the job that it refuses. */
  async function isBehind(): Promise<boolean> {
    if (performance.now() - claimedAt > HELD_BACK_MS) return false
    return (await queue.getWaitingCount().catch(() => 0)) >= CONCURRENCY
  }

  async function look(): Promise<void> {
    // Ahead of the queue: a write past the application is fresh one round trip after its commit.
    await coherence().keeper.follow()
    let isDue = performance.now() - claimedAt >= CLAIM_MS
    while (isDue && !stop.signal.aborted && !(await isBehind())) {
      const entities = await handOver(db(), enqueue)
      if (entities === 0) return
      busyAt = claimedAt = performance.now()
      // Of a backlog each job is nearly full.
      isDue = entities > JOB_ENTITIES - 1_000
    }
  }

  const listening = new OwnConnection({
    name: 'relay',
    async begin(client) {
      await client.query(`LISTEN ${CHANNEL}`)
      woken() // what was written before it listened
    },
    onNotification: () => woken(),
  })
  const awake = new AwakeSign(listening)

  async function run(): Promise<void> {
    const { signal } = stop
    while (!signal.aborted) {
      let notified = false
      const sleep = new AbortController()
      woken = () => {
        notified = true
        sleep.abort()
      }
      const began = performance.now()
      await look()
        .then(() => (lookedAt = performance.now()))
        .catch((error: unknown) => log.warn({ err: error }, 'outbox not delivered, it is tried again'))
      const isAwake = performance.now() - busyAt < SLEEPY_MS
      const changed = await awake.say(isAwake)
      // Since the last look and before the lock was let go of, a commit may have sent no NOTIFY.
      if (changed && !isAwake) continue
      if (isAwake)
        await delay(Math.max(LOOK_MS, performance.now() - began), undefined, { signal }).catch(() => undefined)
      else if (!notified)
        await delay(POLL_MS, undefined, { signal: AbortSignal.any([signal, sleep.signal]) }).catch(() => undefined)
    }
  }

  const running = run()
  // A relay that is there and delivers nothing is as good as none.
  keepBeating(db(), 'relay', () => performance.now() - lookedAt < silentAfterMs())
  void listening.keepOpen()
  onShutdown('relay', async () => {
    stop.abort()
    await listening.close()
    await running
  })
}

/** The lock that tells writers that a relay looks by itself. It ends with its session; of several relays one holds it. */
class AwakeSign {
  readonly #connection: OwnConnection
  #holder: unknown
  #triedAt = -Infinity

  constructor(connection: OwnConnection) {
    this.#connection = connection
  }

  /** @returns whether what writers are told has changed. Without the lock they send a NOTIFY, which costs time and nothing else */
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
