/**
 * The outbox as the source of changes. While changes come it polls, and holds a lock that says so. Then no commit sends a NOTIFY,
 * which would make commits wait for each other. After a while without changes it releases the lock and sleeps until a NOTIFY. A look
 * a moment later finds what was committed in between.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { logger } from '#lib/platform/logger.ts'
import { OwnConnection } from '#lib/platform/process/ownConnection.ts'
import { RelayAwakeLock, CHANNEL, SLEEPY_MS } from './relayAwakeLock.ts'
import type { ChangeSource, Deliverer } from './changeSource.ts'
import { CLAIM_MS } from './queueDeliverer.ts'

/** Milliseconds from one look to the next while changes come: what a write past the application waits for, at most. */
const LOOK_MS = 25
/** Milliseconds from one look to the next while it sleeps. */
const POLL_MS = 500

export class OutboxSource implements ChangeSource {
  readonly #log = logger('relay')
  #woken = () => {}
  #claimedAt = -Infinity
  /** When something was there to be done. */
  #busyAt = -Infinity

  async run(deliverer: Deliverer, signal: AbortSignal): Promise<void> {
    const listening = new OwnConnection({
      name: 'relay',
      begin: async (client) => {
        await client.query(`LISTEN ${CHANNEL}`)
        this.#woken() // what was written before it listened
      },
      onNotification: () => this.#woken(),
    })
    const awake = new RelayAwakeLock(listening)
    void listening.keepOpen()
    try {
      while (!signal.aborted) await this.#turn(deliverer, awake, signal)
    } finally {
      await listening.close()
    }
  }

  async #turn(deliverer: Deliverer, awake: RelayAwakeLock, signal: AbortSignal): Promise<void> {
    let notified = false
    const sleep = new AbortController()
    this.#woken = () => {
      notified = true
      sleep.abort()
    }
    const began = performance.now()
    await this.#look(deliverer).then(
      () => deliverer.lives(),
      (error: unknown) => this.#log.warn({ err: error }, 'outbox not delivered, it is tried again'),
    )
    const isAwake = performance.now() - this.#busyAt < SLEEPY_MS
    const changed = await awake.say(isAwake)
    // Since the last look and before the lock was let go of, a commit may have sent no NOTIFY.
    if (changed && !isAwake) return
    if (isAwake) await delay(Math.max(LOOK_MS, performance.now() - began), undefined, { signal }).catch(() => undefined)
    else if (!notified)
      await delay(POLL_MS, undefined, { signal: AbortSignal.any([signal, sleep.signal]) }).catch(() => undefined)
  }

  async #look(deliverer: Deliverer): Promise<void> {
    // Ahead of the queue: a write past the application is fresh one round trip after its commit.
    await deliverer.advance()
    if (performance.now() - this.#claimedAt < CLAIM_MS) return
    if (await deliverer.handOver('all')) this.#busyAt = this.#claimedAt = performance.now()
  }
}
