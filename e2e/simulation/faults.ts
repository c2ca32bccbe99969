/**
 * The plan of a history, drawn before it begins: so it can be played again with some of its faults left out.
 *
 * Of the profiles of `SWARMS` each history draws a few kinds of faults, and what is common in it: so these meet each other often.
 * Source: Groce et al., Swarm Testing, ISSTA 2012.
 */
import { Random } from './random.ts'
import { PAGE_NAMES, PRODUCTS, type Page } from './shop.ts'

const PROFILES = {
  /** Nothing goes wrong: what is found then is a fault of the protocol's everyday. */
  calm: [],
  // prettier-ignore
  redis: ['restart', 'old-file', 'empty', 'full', 'read-only', 'demoted', 'failover', 'split', 'lost-tag', 'clock'],
  /** Two servers of Redis that could be the one, or one with the data of another. */
  primaries: ['frozen', 'split', 'swapped', 'demoted', 'redis-slow', 'postgres-slow'],
  network: [
    'redis-out',
    'redis-in',
    'redis-cut',
    'redis-slow',
    'reset',
    'postgres-out',
    'postgres-in',
    'postgres-slow',
  ],
  processes: ['kill', 'stop', 'reset'],
  postgres: ['postgres-down', 'promotion', 'forget', 'reset', 'postgres-slow', 'kill'],
  // prettier-ignore
  mixed: [
    'restart', 'old-file', 'empty', 'full', 'read-only', 'demoted', 'failover', 'split', 'lost-tag', 'clock',
    'redis-out', 'redis-in', 'redis-cut', 'reset', 'postgres-out', 'postgres-in', 'kill', 'stop', 'postgres-down', 'forget',
  ],
  /** Redis goes on with older data, mostly behind the same connections. */
  'set-back': ['swapped', 'demoted', 'failover', 'old-file', 'stop'],
  /** Clocks of Redis step, and one that others have left goes on. */
  clocks: ['frozen', 'clock', 'split', 'stop'],
  /** A process is alone with Postgres while a term ends and another begins. */
  alone: ['redis-cut', 'restart', 'clock', 'postgres-slow', 'stop'],
  /** Postgres loses commits while no lease lives. */
  promoted: ['promotion', 'clock', 'kill', 'stop', 'postgres-slow', 'postgres-out'],
} as const satisfies Readonly<Record<string, readonly string[]>>

type Profile = keyof typeof PROFILES
type FaultKind = (typeof PROFILES)[Profile][number]

export interface Fault {
  readonly kind: FaultKind
  /** Milliseconds since the history began. */
  readonly at: number
  readonly forMs: number
  /** From then on it waits until a process is about to send this command, script or statement: between two steps of the protocol. */
  readonly step?: string
  /** For what else it needs to know: which process, how old a file. */
  readonly seed: number
}

/** What is common in a history. */
interface Load {
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
  /** Milliseconds since the history began, after which nothing is edited: what is lost then no later edit brings back. */
  readonly editsUntil: number
  /** Copies of the data of Redis, one each 700 ms, of which one may come back under the same connection. */
  readonly files: number
  /** Rows of one commit. */
  readonly mostRows: number
  /** The share of live edits whose editor looks at once whether another process shows them. */
  readonly looks: number
}

export interface Plan {
  readonly profile: Profile
  readonly processes: number
  readonly logLength: number
  readonly load: Load
  readonly faults: readonly Fault[]
  /** Milliseconds: then everything heals. */
  readonly healsAt: number
}

const PROFILE_NAMES: readonly Profile[] = [
  'calm',
  'redis',
  'network',
  'processes',
  'postgres',
  'mixed',
  'redis',
  'mixed',
]
const SWARMS = ['set-back', 'clocks', 'alone', 'promoted'] as const satisfies readonly Profile[]
/** The index is believed by then. */
const BEGINS_MS = 2_000
const FAULTS_FOR_MS = 9_000
/** Faults that come together: a term takes the rest of the history to end, and the next one to begin. */
const TOGETHER_MS = 5_000
/** Redis is set back later: in some histories the last edits are over by then, so that none brings back what is lost. */
const LATER_MS = 2_500
const MOST_FAULTS = 5
const MOST_KINDS = 3
const SWARM_EVERY = 5
const SWARM_SEEDS: ReadonlySet<number> = new Set([1, 2])

const USUAL: Load = {
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
  editsUntil: Infinity,
  files: 3,
  mostRows: 3,
  looks: 0,
}

function loadOf(random: Random): Load {
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

/** Steps are long or short, pages and rows few, edits come together: what is rare elsewhere is common here. */
function swarmLoadOf(random: Random, mostRows: number): Load {
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
    editsUntil: random.pick([4_000, 6_000, 12_000, 12_000]),
    files: random.pick([3, 8]),
    mostRows,
    looks: random.pick([0, 1]),
  }
}

/** Steps of the protocol that each refresh has: R1, R2, mark and R4 of docs/decisions/index-lease.md. */
const OFTEN = ['renew', 'unindexed', 'markIndexed', 'refreshIndexLease']
/** With those that begin a term, T1 and T4. */
const STEPS = [...OFTEN, 'beginTerm', 'createIndexLease']
/** The share of faults that wait for a step. */
const AT_A_STEP = 0.7

const faultOf = (random: Random, kinds: readonly FaultKind[], withinMs = FAULTS_FOR_MS): Fault => ({
  kind: random.pick(kinds),
  at: random.between(BEGINS_MS, BEGINS_MS + withinMs),
  forMs: random.happens(0.5) ? random.between(50, 1_500) : random.between(1_000, 8_000),
  seed: random.below(2 ** 30),
})

const byTime = (faults: readonly Fault[]): Fault[] => faults.toSorted((a, b) => a.at - b.at)

export function planOf(seed: number): Plan {
  return SWARM_SEEDS.has(seed % SWARM_EVERY) ? swarmPlanOf(seed) : usualPlanOf(seed)
}

function swarmPlanOf(seed: number): Plan {
  const random = new Random(seed ^ 0x5eed)
  const profile = random.pick(SWARMS)
  const [first, ...others]: readonly FaultKind[] = PROFILES[profile]
  const kinds = [...(first ? [first] : []), ...random.some(others, MOST_KINDS - 1)]
  const more = Array.from({ length: random.below(MOST_KINDS) }, () => random.pick(kinds.slice(1)))
  const faults = [...kinds, ...more].map((kind, i) => {
    const drawn = faultOf(random, [kind], i === 0 ? TOGETHER_MS / 2 : TOGETHER_MS)
    const fault = { ...drawn, at: drawn.at + (profile === 'set-back' ? LATER_MS : 0) }
    // The first does not wait for a term that only it may end.
    return random.happens(AT_A_STEP) ? { ...fault, step: random.pick(i === 0 ? OFTEN : STEPS) } : fault
  })
  return {
    profile,
    processes: 2 + random.below(2),
    logLength: random.pick([3, 1_000, 1_000]),
    load: swarmLoadOf(random, profile === 'promoted' ? 1 : 3),
    faults: byTime(faults),
    healsAt: BEGINS_MS + FAULTS_FOR_MS + 1_000,
  }
}

function usualPlanOf(seed: number): Plan {
  const random = new Random(seed ^ 0x5eed)
  const isSwarm = seed % SWARM_EVERY === 3
  const profile = isSwarm ? 'primaries' : random.pick(PROFILE_NAMES)
  const kinds: readonly FaultKind[] = isSwarm ? random.some(PROFILES[profile], MOST_KINDS) : PROFILES[profile]
  const faults =
    kinds.length === 0 ? [] : Array.from({ length: 1 + random.below(MOST_FAULTS) }, () => faultOf(random, kinds))
  const plan = {
    profile,
    processes: 2 + random.below(2),
    logLength: random.pick([1, 3, 1_000]),
    load: isSwarm ? loadOf(random) : USUAL,
    faults: byTime(faults),
    healsAt: BEGINS_MS + FAULTS_FOR_MS + 1_000,
  }
  // Commits of several rows look like one that was lost and whose versions were used again.
  return profile === 'postgres' ? { ...plan, load: { ...plan.load, mostRows: 1 } } : plan
}
