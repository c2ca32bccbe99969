/** The state of the stream, for metrics and alerts: whether there is one, and how far behind it is. */
import { Counter, Gauge } from 'prom-client'
import { raiseAlerts, reconcileAlerts } from '#lib/alerts/reconcile.ts'
import type { Db } from '#lib/platform/db.ts'
import { logger } from '#lib/platform/logger.ts'
import { metrics } from '#lib/platform/metrics.ts'
import { beat, readHeartbeats } from '#lib/platform/process/heartbeat.ts'
import { processSingleton } from '#lib/platform/process/processSingleton.ts'
import { SlotLostError } from './slot.ts'

const SCOPE = 'change-stream'
/** In `heartbeats`: that there was a stream, and when. */
const BEAT = 'change-stream'
/** Milliseconds that the stream must have been there before the alert ends: a loss that healed at once raises an alert all the same. */
const QUIET_MS = 60_000
const SAY_EVERY_MS = 10_000

const measures = () =>
  processSingleton('changeStreamMeasures', () => ({
    lag: new Gauge({
      name: 'evergreen_change_stream_lag_seconds',
      help: 'From the commit of the oldest change of the last batch to when it was in the index',
      registers: [metrics()],
    }),
    lost: new Counter({
      name: 'evergreen_change_stream_lost_total',
      help: 'Times that the outbox was followed because there was no stream',
      registers: [metrics()],
    }),
  }))

export class StreamState {
  readonly #db: Db
  readonly #lag = measures().lag
  readonly #lost = measures().lost
  #saidAt = -Infinity

  constructor(db: Db) {
    this.#db = db
  }

  /** @param lagMs of what was handed on just now */
  handedOn(lagMs: number): void {
    this.#lag.set(Math.max(0, lagMs) / 1000)
  }

  /** There is no stream, because of `error`. */
  async lost(error: unknown): Promise<void> {
    this.#lost.inc()
    this.#lag.remove()
    this.#saidAt = -Infinity
    const why = error instanceof Error ? error.message : String(error)
    const whatToDo =
      error instanceof SlotLostError
        ? 'The slot is made anew within ten seconds, and nothing is lost. If it is lost again, raise max_slot_wal_keep_size, or look why the worker does not keep up.'
        : 'Put right what it says. The stream is tried again every ten seconds.'
    await this.#write(async () => {
      await raiseAlerts(this.#db, SCOPE, [
        {
          dedupKey: 'stream',
          kind: 'change-stream-lost',
          severity: 'critical',
          summary: `There is no stream of changes from Postgres, and the outbox is followed instead: ${why}`,
          detail: { layer: 'postgres', error: why, whatToDo },
        },
      ])
    })
  }

  /** Whether this database has ever had a stream. */
  async wasThere(): Promise<boolean> {
    return (await readHeartbeats(this.#db)).some(({ name }) => name === BEAT)
  }

  /** There is one. */
  async streams(): Promise<void> {
    if (performance.now() - this.#saidAt < SAY_EVERY_MS) return
    this.#saidAt = performance.now()
    await this.#write(async () => {
      await beat(this.#db, BEAT)
      await reconcileAlerts(this.#db, SCOPE, [], { quietMs: QUIET_MS })
    })
  }

  /** Delivery goes on where the alert cannot be written. */
  async #write(write: () => Promise<unknown>): Promise<void> {
    await write().catch((error: unknown) => logger('cdc').warn({ err: error }, 'the alert was not written'))
  }
}
