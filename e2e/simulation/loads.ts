/** What readers, editors and networks of a history do when nothing is wrong: drawn with its plan. */
import type { Random } from './random.ts'
import { PAGE_NAMES, PRODUCTS, type Page } from './shop.ts'

/** Profiles in which what is rare elsewhere is common: see `faults.ts`. */
export type Swarm = 'set-back' | 'clocks' | 'alone' | 'promoted'

/** What is common in a history. */
export interface Load {
  /** Milliseconds that a message takes at most, mostly. */
  readonly delayMs: number
  /** Milliseconds that a reader, or an editor, waits at most. */
  readonly readEveryMs: number
  /** Milliseconds after which a reader begins the next read, answered or not. */
  readonly patienceMs: number
  readonly editEveryMs: number
  /** The same for the program that writes past the application. */
  readonly writeEveryMs: number
  /** Those that are edited. */
  readonly products: readonly number[]
  readonly pages: readonly Page[]
  /** The share of edits that are staged before their commit. */
  readonly prepared: number
  /** Whether a process follows the outbox all the time. */
  readonly relays: boolean
  /** The same for messages to Postgres as `delayMs`: a database that is far away makes the steps between two commands long. */
  readonly postgresDelayMs: number
  /** Milliseconds since the history began, before which nothing is edited. */
  readonly editsFrom: number
  /** The same, after which nothing is edited: what is lost then no later edit brings back. */
  readonly editsUntil: number
  /** The same for reads: what a reader shows it also brings to Redis. */
  readonly readsUntil: number
  /** The share of transactions that stay open for a second or two. */
  readonly slow: number
  /** Copies of the data of Redis, of which one may come back under the same connection. */
  readonly files: number
  /** Milliseconds from one of them to the next. */
  readonly fileEveryMs: number
  /** Rows of one commit. */
  readonly mostRows: number
  /** The share of live edits whose editor looks at once whether another process shows them. */
  readonly looks: number
}

export const USUAL: Load = {
  delayMs: 3,
  readEveryMs: 400,
  patienceMs: Infinity,
  editEveryMs: 700,
  writeEveryMs: 1_400,
  products: PRODUCTS,
  pages: PAGE_NAMES,
  prepared: 0.25,
  relays: false,
  postgresDelayMs: 3,
  editsFrom: 0,
  editsUntil: Infinity,
  readsUntil: Infinity,
  slow: 0.15,
  files: 3,
  fileEveryMs: 700,
  mostRows: 3,
  looks: 0,
}

export function loadOf(random: Random): Load {
  const delayMs = random.pick([3, 3, 20])
  const readEveryMs = random.pick([150, 400, 400])
  const editEveryMs = random.pick([300, 700, 700, 6_000])
  return {
    ...USUAL,
    delayMs,
    postgresDelayMs: delayMs,
    readEveryMs,
    editEveryMs,
    writeEveryMs: 2 * editEveryMs,
    pages: random.some(PAGE_NAMES, PAGE_NAMES.length),
    prepared: random.pick([0.25, 0.25, 1]),
    relays: random.happens(0.3),
  }
}

/** A page that needs no Postgres, of commits that concern no other row; few edits, which would keep rows of a process that stands still. */
export function lateLoadOf(random: Random): Load {
  return {
    ...USUAL,
    readEveryMs: 60,
    patienceMs: 500,
    editEveryMs: 6_000,
    writeEveryMs: random.pick([300, 600]),
    pages: ['/shelf'],
    mostRows: 1,
    slow: 0,
  }
}

/** Nothing is edited before the promotion: only a term is lost by it. */
export function lostTermLoadOf(random: Random, editsFrom: number): Load {
  return {
    ...USUAL,
    readEveryMs: 100,
    patienceMs: 300,
    editEveryMs: random.pick([100, 300]),
    writeEveryMs: 600,
    mostRows: 1,
    slow: 0,
    editsFrom,
  }
}

/** Steps are long or short, pages and rows few, edits come together: what is rare elsewhere is common here. */
export function swarmLoadOf(random: Random, profile: Swarm): Load {
  const delayMs = random.pick([3, 3, 20])
  return {
    delayMs,
    postgresDelayMs: random.pick([delayMs, 40, 80]),
    readEveryMs: random.pick([100, 300, 2_000]),
    patienceMs: 300,
    editEveryMs: random.pick([100, 300, 700, 2_000]),
    writeEveryMs: random.pick([200, 600, 2_000]),
    products: random.some(PRODUCTS, random.pick([1, 2, 4])),
    pages: random.some(PAGE_NAMES, random.pick([1, 1, 2, 4])),
    prepared: random.pick([0, 0.25, 1]),
    relays: random.happens(0.3),
    editsFrom: 0,
    editsUntil: random.pick([4_000, 6_000, 12_000, 12_000]),
    files: random.pick([3, 8]),
    mostRows: 3,
    looks: random.pick([0, 1]),
    slow: 0.15,
    fileEveryMs: random.pick([150, 700]),
    readsUntil: Infinity,
    ...OWN_LOADS[profile](random),
  }
}

const OWN_LOADS: Readonly<Record<Swarm, (random: Random) => Partial<Load>>> = {
  // What was lost stays lost: half of them have no reader any more after a while.
  'set-back': (random) => ({ slow: random.pick([0.15, 0.6]), readsUntil: random.pick([4_500, Infinity]) }),
  clocks: (random) => ({ relays: random.happens(0.6), readsUntil: random.pick([6_000, Infinity, Infinity]) }),
  // Between T4 and the first refresh all has to be quick: a commit, a reader of Postgres and one of the index.
  alone: (random) => ({
    delayMs: 3,
    postgresDelayMs: random.pick([3, 3, 40]),
    relays: false,
    editsUntil: 12_000,
    readEveryMs: random.pick([60, 100, 300]),
    writeEveryMs: random.pick([100, 200, 600]),
  }),
  // Numbers of versions are used again within moments, and payloads are read all the time. A commit of several rows would look like one
  // that was lost and whose versions were used again.
  promoted: (random) => ({
    editsUntil: 12_000,
    editEveryMs: random.pick([100, 300, 700]),
    writeEveryMs: random.pick([100, 200]),
    mostRows: 1,
    pages: ['/shelf', ...random.some(PAGE_NAMES, 2)],
  }),
}
