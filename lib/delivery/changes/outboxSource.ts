/**
 * The outbox as the source of changes. It sleeps until the NOTIFY of a commit. While many changes come it polls, and holds a lock that
 * says so: then no commit sends a NOTIFY, which would make commits wait for each other. After a while with few changes it releases the
 * lock. A look a moment later finds what was committed in between.
 */
import { logger } from '#lib/platform/logger.ts'
import { OwnConnection } from '#lib/platform/process/ownConnection.ts'
import { Bell, type Pause, runPeriodically } from '#lib/platform/process/periodic.ts'
import { RelayAwakeLock, CHANNEL, SLEEPY_MS } from './relayAwakeLock.ts'
import type { ChangeSource, Deliverer } from './changeSource.ts'
import { CLAIM_MS } from './queueDeliverer.ts'

/** Milliseconds from one look to the next while many changes come: what a write past the application waits for, at most. */
const LOOK_MS = 25
/** Milliseconds from one look to the next while it sleeps. */
const POLL_MS = 500
/** So many looks that found changes are many. Fewer cost less with a NOTIFY each than forty looks a second do. */
const MANY = { looks: 8, withinMs: 500 }

export class OutboxSource implements ChangeSource {
  readonly #log = logger('relay')
  readonly #news = new Bell()
  #claimedAt = -Infinity
  /** Whether the last looks found changes: their job may still have to be made. */
  #hasFound = false
  /** When looks found changes, the last ones. */
  readonly #foundAt: number[] = []
  /** When there were many changes last. */
  #busyAt = -Infinity

  async run(deliverer: Deliverer, signal: AbortSignal): Promise<void> {
    const listening = new OwnConnection({
      name: 'relay',
      begin: async (client) => {
        await client.query(`LISTEN ${CHANNEL}`)
        this.#news.ring() // what was written before it listened
      },
      onNotification: () => this.#news.ring(),
    })
    const awake = new RelayAwakeLock(listening)
    void listening.keepOpen()
    try {
      await runPeriodically(() => this.#turn(deliverer, awake), {
        everyMs: POLL_MS,
        signal,
        bell: this.#news,
        failed: (error) => this.#log.warn({ err: error }, 'outbox not followed, it is tried again'),
      })
    } finally {
      await listening.close()
    }
  }

  async #turn(deliverer: Deliverer, awake: RelayAwakeLock): Promise<Pause> {
    const began = performance.now()
    await this.#look(deliverer).then(
      () => deliverer.lives(),
      (error: unknown) => this.#log.warn({ err: error }, 'outbox not delivered, it is tried again'),
    )
    const isAwake = performance.now() - this.#busyAt < SLEEPY_MS
    const changed = await awake.say(isAwake)
    // Since the last look and before the lock was let go of, a commit may have sent no NOTIFY.
    if (changed && !isAwake) return { pauseMs: 0 }
    if (isAwake) return { pauseMs: Math.max(LOOK_MS, performance.now() - began) }
    return { pauseMs: this.#hasFound ? CLAIM_MS - (performance.now() - this.#claimedAt) : POLL_MS }
  }

  async #look(deliverer: Deliverer): Promise<void> {
    // Ahead of the queue: a write past the application is fresh one round trip after its commit.
    // The jobs of a large edit come later than its changes.
    const hasFound = await deliverer.advance()
    if (hasFound) this.#noteFound()
    if (performance.now() - this.#claimedAt < CLAIM_MS) {
      this.#hasFound ||= hasFound
      return
    }
    this.#hasFound = await deliverer.handOver('all')
    if (this.#hasFound) this.#claimedAt = performance.now()
  }

  #noteFound(): void {
    const now = performance.now()
    this.#foundAt.push(now)
    if (this.#foundAt.length > MANY.looks) this.#foundAt.shift()
    if (this.#foundAt.length === MANY.looks && now - (this.#foundAt[0] ?? 0) < MANY.withinMs) this.#busyAt = now
  }
}
