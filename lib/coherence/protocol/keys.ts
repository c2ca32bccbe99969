/**
 * The one place that spells the kernel's Redis keys and their lifetimes.
 *
 * Redis Cluster: a command or script that takes several keys takes keys of one slot. All of the index
 * shares the hash tag `{ix}`, so that a page is checked with one MGET; a body is read by itself.
 * Every key that holds cached data expires, with jitter, so that what was filled together does not
 * expire together.
 */
import { createHash } from 'node:crypto'

const DAY_S = 86_400

/** Seconds. A tag must outlive every entry that was stored before it was last revalidated. */
export const TAG_TTL_S = 7 * DAY_S
/** Seconds. The longest that a body is kept, also when its page asks for more. */
export const ENTRY_TTL_S = DAY_S
/** Milliseconds. Longer than a slow render; a render that dies gives way after that. */
export const LEASE_TTL_MS = 10_000
const JITTER = 0.1

/** @param seconds the shortest lifetime @returns up to a tenth longer, whole seconds */
export function withJitter(seconds: number): number {
  return Math.max(1, Math.round(seconds * (1 + Math.random() * JITTER)))
}

/** A body's key carries the build: markup of another build names scripts that are gone. */
function bodyKey(kind: string, buildId: string, key: string): string {
  return `evergreen:${kind}:${buildId}:${createHash('sha256').update(key).digest('base64url')}`
}

/** All keys of the kernel, as an access list of Redis names them: of the index, and of bodies with what belongs to them. */
export const KEY_PATTERNS = { index: '{ix}:*', bodies: 'evergreen:*' } as const

export const keys = {
  /** The proof that the index is current: see `redis/lease.lua`. */
  indexLease: '{ix}:lease',
  /** Every change before it has been applied in this data set; what it says is the source's. It begins with what `redis/shown.lua` says. */
  position: '{ix}:position',
  /** See `epoch.ts`. */
  epoch: '{ix}:epoch',
  /** Counts changes of the index: see `head.ts`. */
  head: '{ix}:head',
  /** The last changes, one for each head: see `redis/log.lua`. */
  log: '{ix}:log',
  /** Written by keepers, to see whether the server takes writes. */
  written: '{ix}:written',
  /** The process that applies a large part of the outbox, for as long as the others leave it alone. */
  applying: '{ix}:applying',
  /** What a transaction is about to commit, or was shown of it: see `redis/stage.lua` and `redis/shown.lua`. */
  staged: (id: string) => `{ix}:staged:${id}`,
  /** State of a tag: see `tagState.ts`. */
  tag: (tag: string) => `{ix}:tag:${tag}`,
  tagPrefix: '{ix}:tag:',
  page: (buildId: string, key: string) => bodyKey('page', buildId, key),
  data: (buildId: string, key: string) => bodyKey('data', buildId, key),
  /** Bodies that were made from a row, by the version of it. */
  madeFrom: (tag: string) => `evergreen:made:${tag}`,
  madeFromPrefix: 'evergreen:made:',
  /** The process that may render an entry now. */
  lease: (buildId: string, key: string) => bodyKey('lease', buildId, key),
  /** The beginnings of keys of bodies, by kind. */
  bodyPrefixes: ['evergreen:page:', 'evergreen:data:'],
} as const
