/** The writer as the load sees it: a process that takes orders, dies on command, and starts again. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Commit } from './judge.ts'
import type { News, Order } from './messages.ts'
import type { Address } from './process.ts'

/** Milliseconds after which what supervises processes starts a dead one again. */
const RESTART_MS = 300

export class WriterProcess {
  readonly #strategy: string
  readonly #address: Address
  readonly #phase: () => string
  #child: ChildProcess | undefined
  #stopping = false
  #ready = Promise.withResolvers<void>()
  #queriesBefore = 0
  #queriesNow = 0
  readonly commits: Commit[] = []
  /** Milliseconds from the order of an edit of one price to its acknowledgement. */
  readonly latencies: number[] = []
  refused = 0
  deaths = 0

  /** @param phase the name of the phase that is on */
  constructor(strategy: string, address: Address, phase: () => string) {
    this.#strategy = strategy
    this.#address = address
    this.#phase = phase
  }

  get queries(): number {
    return this.#queriesBefore + this.#queriesNow
  }

  /** Settles when it takes orders. */
  get ready(): Promise<void> {
    return this.#ready.promise
  }

  start(): Promise<void> {
    const child = fork(path.join(import.meta.dirname, 'worker.ts'), [this.#strategy, JSON.stringify(this.#address)])
    this.#child = child
    child.on('message', (news: News) => this.#hear(news))
    child.on('exit', () => void this.#ended())
    return this.ready
  }

  /** An order that comes while it is dead is not made. */
  order(order: Order): void {
    if (this.#child?.connected) this.#child.send(order, () => undefined)
  }

  async stop(): Promise<void> {
    this.#stopping = true
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.disconnect()
    await once(child, 'exit')
  }

  async #ended(): Promise<void> {
    this.#child = undefined
    this.#queriesBefore += this.#queriesNow
    this.#queriesNow = 0
    if (this.#stopping) return
    this.deaths++
    this.#ready = Promise.withResolvers()
    await delay(RESTART_MS)
    if (!this.#stopping) await this.start()
  }

  #hear(news: News): void {
    if (news.kind === 'ready') this.#ready.resolve()
    else if (news.kind === 'queries') this.#queriesNow = news.count
    else if (news.kind === 'accepted') {
      const acknowledgedAt = news.dying ? news.at : Infinity
      for (const row of news.rows)
        this.commits.push({ ...row, phase: this.#phase(), committedAt: news.at, acknowledgedAt })
    } else if (news.refused) this.refused++
    else {
      const ids = new Set(news.ids)
      if (ids.size === 1) this.latencies.push(news.at - news.began)
      // All that was accepted of these rows between the order and its answer.
      for (const commit of this.commits)
        if (ids.has(commit.id) && commit.committedAt >= news.began && commit.committedAt <= news.at)
          commit.acknowledgedAt = Math.min(commit.acknowledgedAt, news.at)
    }
  }
}
