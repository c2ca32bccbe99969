import { setTimeout as wait } from 'node:timers/promises'
import { say } from '../progress.mjs'
import { Child, type ChildSpec } from './child.ts'
import { untilFrozen } from './frozen.ts'
import type { Ledger } from './ledger.ts'

/** A process that ends this often within the window is not started again. */
const MOST_RESTARTS = 3
const WINDOW_MS = 60_000
/** A process that freezes as often as it is started is killed less often than a process that ends is given up. */
const FROZEN_AGAIN_MS = 20_000
/** Each time longer: what held the port, or the memory of a killed Postgres, needs a moment to let go. */
const BACK_OFF_MS = 300

/** The prober before what it would miss; the edge, web instances and workers together; then what they use, one after the other. */
const STOP_ORDER: readonly (readonly string[])[] = [
  ['prober'],
  ['edge', 'web', 'worker'],
  ['redis', 'redis-bodies'],
  ['postgres'],
]

export interface ReadyProbe {
  /** Settles when the process answers; fails when it ends before. */
  readonly ready: (child: Child) => Promise<void>
  /** Answered by the process itself. One that stops answering it is killed and started again. */
  readonly healthUrl?: string | undefined
}

interface ManagedProcess {
  child: Child
  readonly probe: ReadyProbe
  readonly endedAt: number[]
  /** When it was killed because it was frozen, in milliseconds of `performance.now`. */
  frozenAt: number
  /** A process that ends before `watch` fails the start of the whole; after it, it is started again. */
  watched: boolean
}

/** Starts processes, starts again those that end, and stops all of them in the right order. */
export class Supervisor {
  readonly #ledger: Ledger
  readonly #processes: ManagedProcess[] = []
  readonly #abort = new AbortController()
  readonly #giveUp: (sentence: string) => void
  #stopping: Promise<void> | undefined

  /** @param giveUp called when a process cannot be kept running */
  constructor(ledger: Ledger, giveUp: (sentence: string) => void) {
    this.#ledger = ledger
    this.#giveUp = giveUp
  }

  /** Aborted as soon as everything is to stop. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  get stopping(): boolean {
    return this.#stopping !== undefined
  }

  start(spec: ChildSpec, probe: ReadyProbe): Child {
    this.signal.throwIfAborted()
    const child = new Child(spec, this.#ledger)
    const managed: ManagedProcess = { child, probe, endedAt: [], frozenAt: -Infinity, watched: false }
    const same = this.#processes.findIndex((other) => other.child.spec.name === spec.name)
    if (same >= 0) this.#processes.splice(same, 1)
    this.#processes.push(managed)
    void child.ended.then(() => this.#ended(managed))
    return child
  }

  /** From now on, a process that ends is reported and started again. */
  watch(): void {
    for (const managed of this.#processes) {
      managed.watched = true
      if (managed.child.howEnded !== undefined) this.#ended(managed)
      else void this.#watchHealth(managed)
    }
  }

  async #watchHealth(managed: ManagedProcess): Promise<void> {
    const { child, probe } = managed
    if (probe.healthUrl === undefined) return
    const rest = FROZEN_AGAIN_MS - (performance.now() - managed.frozenAt)
    if (rest > 0) await wait(rest, undefined, { signal: this.signal }).catch(() => undefined)
    const wrong = await untilFrozen(child, probe.healthUrl, this.signal)
    if (wrong === undefined) return
    say(`\n  ${child.spec.title} ${wrong}: it is killed.`)
    managed.frozenAt = performance.now()
    child.kill()
  }

  #ended(managed: ManagedProcess): void {
    if (this.stopping || !managed.watched) return
    const { spec, howEnded } = managed.child
    say(`\n  ${spec.title} has ended by itself (${howEnded}). Its last lines, from ${spec.logFile}:`)
    say(managed.child.tail().replace(/^/gm, '    '))
    const now = Date.now()
    managed.endedAt.push(now)
    const recent = managed.endedAt.filter((at) => now - at < WINDOW_MS)
    if (recent.length > MOST_RESTARTS) {
      this.#giveUp(`${spec.title} has ended ${recent.length} times within a minute and is not started again.`)
      return
    }
    void this.#restart(managed, recent.length * BACK_OFF_MS)
  }

  async #restart(managed: ManagedProcess, afterMs: number): Promise<void> {
    const { spec } = managed.child
    await wait(afterMs, undefined, { signal: this.signal }).catch(() => undefined)
    if (this.stopping) return
    const child = new Child(spec, this.#ledger)
    managed.child = child
    void child.ended.then(() => this.#ended(managed))
    try {
      await managed.probe.ready(child)
      if (!this.stopping) say(`  ${spec.title} runs again.`)
    } catch {
      // It has ended again, which is reported above, or it does not answer and may still come.
      if (!this.stopping && child.howEnded === undefined)
        say(`  ${spec.title} runs again, but does not answer yet: see ${spec.logFile}.`)
    }
    void this.#watchHealth(managed)
  }

  /** Stops everything that was started, in order; settles when it has ended. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll()
    return this.#stopping
  }

  async #stopAll(): Promise<void> {
    this.#abort.abort()
    for (const names of STOP_ORDER) {
      const group = this.#processes.filter(({ child }) => names.includes(child.spec.name.replace(/-\d+$/, '')))
      await Promise.all(group.map(({ child }) => child.stop()))
    }
  }

  /** Ends everything at once. Postgres and Redis recover what they have logged. */
  kill(): void {
    for (const { child } of this.#processes) child.kill()
  }
}
