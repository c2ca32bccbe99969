/** Snapshots for the dashboards that are open: however many they are, each window is read once in two seconds. */
import { logger } from '#lib/platform/logger.ts'
import { processSingleton } from '#lib/platform/processSingleton.ts'
import type { Snapshot, WindowName } from './shapes.ts'
import { readSnapshot } from './snapshot.ts'

const PERIOD_MS = 2_000

/** @param snapshot undefined when it could not be read: the database is away */
export type SnapshotListener = (snapshot: Snapshot | undefined) => void

export class SnapshotFeed {
  readonly #read: (window: WindowName) => Promise<Snapshot>
  readonly #periodMs: number
  readonly #listeners = new Map<WindowName, Set<SnapshotListener>>()

  constructor(read: (window: WindowName) => Promise<Snapshot> = readSnapshot, periodMs = PERIOD_MS) {
    this.#read = read
    this.#periodMs = periodMs
  }

  /** @returns a function that ends the subscription */
  subscribe(window: WindowName, listener: SnapshotListener): () => void {
    const listeners = this.#listeners.get(window)
    if (listeners) {
      listeners.add(listener)
    } else {
      this.#listeners.set(window, new Set([listener]))
      void this.#poll(window)
    }
    return () => this.#listeners.get(window)?.delete(listener)
  }

  async #poll(window: WindowName): Promise<void> {
    const listeners = this.#listeners.get(window)
    if (!listeners || listeners.size === 0) {
      this.#listeners.delete(window)
      return
    }
    const snapshot = await this.#read(window).catch((error: unknown) => {
      logger('dashboard').warn({ err: error }, 'no snapshot, it is tried again')
      return undefined
    })
    for (const listener of listeners) listener(snapshot)
    setTimeout(() => void this.#poll(window), this.#periodMs).unref()
  }
}

export function snapshotFeed(): SnapshotFeed {
  return processSingleton('snapshotFeed', () => new SnapshotFeed())
}
