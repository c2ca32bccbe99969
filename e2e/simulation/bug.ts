/** A known fault of a version index with a lease, and how it is put back into the kernel. */
import type { Coherence, VersionSource } from '#lib/coherence/index.ts'
import type { Database } from './database.ts'
import type { Kind } from './healed.ts'

export interface Bug {
  readonly what: string
  /** As what it is found. A history that shows something else does not count. */
  readonly shows: Kind
  /** Histories within which it is found, counted from seed 1. */
  readonly within: number
  /** A seed whose history shows it. */
  readonly shownBy: number
  /** Pieces of the Redis scripts, and what stands there instead. */
  readonly scripts?: readonly (readonly [piece: string, instead: string])[]
  readonly source?: (source: VersionSource, database: Database) => Partial<VersionSource>
  /** Changes one kernel. */
  readonly kernel?: (coherence: Coherence) => void
  /** Changes all of them. @returns what puts it right again */
  readonly everywhere?: () => () => void
}

/** @returns what puts it right again */
export function replaced<T extends object, K extends keyof T>(target: T, name: K, value: T[K]): () => void {
  const before = Object.getOwnPropertyDescriptor(target, name) ?? {}
  Object.defineProperty(target, name, { value, writable: true, configurable: true })
  return () => void Object.defineProperty(target, name, before)
}
