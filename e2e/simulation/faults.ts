/**
 * The plan of a history, drawn before it begins: so it can be played again with some of its faults left out.
 *
 * Of the profiles of `SWARMS` each history draws a few kinds of faults, and what is common in it: so these meet each other often.
 * Source: Groce et al., Swarm Testing, ISSTA 2012.
 */
import { lateLoadOf, loadOf, lostTermLoadOf, swarmLoadOf, USUAL, type Load, type Swarm } from './loads.ts'
import { Random } from './random.ts'

const PROFILES = {
  /** Nothing goes wrong: what is found then is a fault of the protocol's everyday. */
  calm: [],
  // prettier-ignore
  redis: ['restart', 'old-file', 'empty', 'full', 'read-only', 'demoted', 'failover', 'split', 'evicted', 'clock'],
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
    'restart', 'old-file', 'empty', 'full', 'read-only', 'demoted', 'failover', 'split', 'evicted', 'clock',
    'redis-out', 'redis-in', 'redis-cut', 'reset', 'postgres-out', 'postgres-in', 'kill', 'stop', 'postgres-down', 'forget',
  ],
  /** Redis goes on with older data, mostly behind the same connections. */
  'set-back': ['swapped', 'demoted', 'failover', 'old-file', 'stop'],
  /** Clocks of Redis step, and one that others have left goes on. */
  clocks: ['frozen', 'clock', 'split', 'stop'],
} as const satisfies Readonly<Record<string, readonly string[]>>

/** One fault lasts, and a term ends in it. */
const OF_A_TERM = {
  /** A process is alone with Postgres while a term ends and another begins. */
  alone: { lasting: 'redis-cut', ends: ['lease-lost', 'restart', 'clock'] },
  /** Postgres loses commits, also while no lease lives. */
  promoted: { lasting: 'promotion', ends: ['lease-lost', 'clock'] },
} as const

type Profile = keyof typeof PROFILES | keyof typeof OF_A_TERM | 'late-answers' | 'lost-term'
type FaultKind = (typeof PROFILES)[keyof typeof PROFILES][number] | 'lease-lost'

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

export interface Plan {
  readonly profile: Profile
  readonly processes: number
  readonly logLength: number
  readonly load: Load
  readonly faults: readonly Fault[]
  /** Milliseconds: then everything heals. */
  readonly healsAt: number
}

const PROFILE_NAMES: readonly (keyof typeof PROFILES)[] = [
  'calm',
  'redis',
  'network',
  'processes',
  'postgres',
  'mixed',
  'redis',
  'mixed',
]
const SWARMS: readonly Swarm[] = ['set-back', 'clocks', 'alone', 'promoted']
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
/** Histories that are made by hand, of so many: one of each kind. */
const BY_HAND_EVERY = 50
const [LATE_ANSWERS, LOST_TERM] = [49, 24]
const PROCESSES_BY_HAND = 3
/** A little less than a command waits for its answer. */
const UNTIL_TIMED_OUT_MS = 930
/** The split and the waits of two terms, one after the other. */
const LONG_MS = 15_000
const SWARM_SEEDS: ReadonlySet<number> = new Set([1, 2])

/** Steps of the protocol that each refresh has: R1, R2, mark and R4 of docs/decisions/index-lease.md. */
const OFTEN = ['renew', 'unindexed', 'markIndexed', 'refreshIndexLease']
/** With those that begin a term, T1 and T4. */
const STEPS = [...OFTEN, 'beginTerm', 'createIndexLease']
/** The share of faults that wait for a step. */
const AT_A_STEP = 0.7
/** Steps of a keeper that begins a term, mostly T4, after which the first refresh is late. */
const TERM_STEPS = ['beginTerm', 'createIndexLease', 'createIndexLease', 'createIndexLease', 'renew']

const faultOf = (random: Random, kinds: readonly FaultKind[], withinMs = FAULTS_FOR_MS): Fault => ({
  kind: random.pick(kinds),
  at: random.between(BEGINS_MS, BEGINS_MS + withinMs),
  forMs: random.happens(0.5) ? random.between(50, 1_500) : random.between(1_000, 8_000),
  seed: random.below(2 ** 30),
})

const byTime = (faults: readonly Fault[]): Fault[] => faults.toSorted((a, b) => a.at - b.at)

export function planOf(seed: number): Plan {
  if (seed % BY_HAND_EVERY === LATE_ANSWERS) return latePlanOf(seed)
  if (seed % BY_HAND_EVERY === LOST_TERM) return lostTermPlanOf(seed)
  return SWARM_SEEDS.has(seed % SWARM_EVERY) ? swarmPlanOf(seed) : usualPlanOf(seed)
}

function swarmPlanOf(seed: number): Plan {
  const random = new Random(seed ^ 0x5eed)
  const profile = random.pick(SWARMS)
  const isOfATerm = profile === 'alone' || profile === 'promoted'
  return {
    profile,
    processes: profile === 'alone' ? 3 : 2 + random.below(2),
    logLength: random.pick([3, 1_000, 1_000]),
    load: swarmLoadOf(random, profile),
    faults: byTime(isOfATerm ? faultsOfATerm(random, profile) : faultsTogether(random, profile)),
    healsAt: BEGINS_MS + FAULTS_FOR_MS + 1_000,
  }
}

function faultsTogether(random: Random, profile: 'set-back' | 'clocks'): Fault[] {
  const [first, ...others]: readonly FaultKind[] = PROFILES[profile]
  const kinds = [...(first ? [first] : []), ...random.some(others, MOST_KINDS - 1)]
  const more = Array.from({ length: random.below(MOST_KINDS) }, () => random.pick(kinds.slice(1)))
  return [...kinds, ...more].map((kind, i) => {
    const drawn = faultOf(random, [kind], i === 0 ? TOGETHER_MS / 2 : TOGETHER_MS)
    const fault = { ...drawn, at: drawn.at + (profile === 'set-back' ? LATER_MS : 0) }
    // The first does not wait for a term that only it may end.
    return random.happens(AT_A_STEP) ? { ...fault, step: random.pick(i === 0 ? OFTEN : STEPS) } : fault
  })
}

/** One fault lasts, and in it a term ends, of which a process stands still or dies while the next one begins. */
function faultsOfATerm(random: Random, profile: 'alone' | 'promoted'): Fault[] {
  const { lasting, ends } = OF_A_TERM[profile]
  const drawn = faultOf(random, [lasting], TOGETHER_MS / 2)
  // A standby that lags a little, while the index is believed and keepers notice late: numbers of versions are used again at once.
  if (profile === 'promoted' && random.happens(0.5)) {
    const slow = Array.from({ length: MOST_KINDS }, () => ({
      ...faultOf(random, ['postgres-slow']),
      at: drawn.at,
      forMs: 4_000,
    }))
    return [...slow, { ...drawn, at: drawn.at + random.between(0, 1_000), forMs: random.between(20, 400) }]
  }
  const end = { ...faultOf(random, ends, TOGETHER_MS / 2), forMs: random.between(50, 1_000) }
  const between = Array.from({ length: 1 + random.below(MOST_KINDS) }, () => ({
    ...faultOf(random, ['stop', 'kill'], TOGETHER_MS / 2),
    forMs: random.between(800, 5_000),
    step: random.pick(TERM_STEPS),
  }))
  return [{ ...drawn, forMs: random.between(6_000, 9_000) }, end, ...between]
}

/** @returns a seed of a fault that draws what is wanted */
function seedWhere(random: Random, isWanted: (drawn: Random) => boolean): number {
  for (;;) {
    const seed = random.below(2 ** 30)
    if (isWanted(new Random(seed))) return seed
  }
}

/** @returns a seed of a fault that concerns this process of three */
function seedOf(random: Random, process: number): number {
  return seedWhere(random, (drawn) => drawn.below(PROCESSES_BY_HAND) === process)
}

/**
 * All that the wait of a term allows for comes together. One process keeps the lease alone. It stands still between R2 and R4, for almost
 * as long as a refresh may take, and dies after R4. Another one, without Postgres, believes that lease for longer than any other; it gets
 * late what it asked just before R4. The third reads Postgres alone. The clock of Redis, set back, does not end the lease before that.
 */
function latePlanOf(seed: number): Plan {
  const random = new Random(seed ^ 0x5eed)
  const ofBeliever = random.below(PROCESSES_BY_HAND)
  const ofReader = (ofBeliever + 1) % PROCESSES_BY_HAND
  const [believer, reader] = [seedOf(random, ofBeliever), seedOf(random, ofReader)]
  const any = () => random.below(2 ** 30)
  const at = random.between(BEGINS_MS, BEGINS_MS + 1_000)
  const alone = at + 1_500
  const lateMs = random.between(1_800, 1_940)
  return {
    profile: 'late-answers',
    processes: PROCESSES_BY_HAND,
    logLength: 1_000,
    load: lateLoadOf(random),
    faults: [
      { kind: 'postgres-out', at, forMs: FAULTS_FOR_MS, seed: believer },
      { kind: 'redis-cut', at, forMs: FAULTS_FOR_MS, seed: reader },
      { kind: 'stop', at: alone, forMs: lateMs, step: 'unindexed', seed: any() },
      { kind: 'clock', at: alone, forMs: 0, step: 'unindexed', seed: any() },
      { kind: 'redis-in', at: alone + lateMs - 50, forMs: UNTIL_TIMED_OUT_MS, seed: believer },
      { kind: 'kill', at: alone, forMs: FAULTS_FOR_MS, step: 'refreshIndexLease', seed: any() },
      { kind: 'clock', at: alone + lateMs + 1_000, forMs: 0, seed: any() },
    ],
    healsAt: BEGINS_MS + FAULTS_FOR_MS + 1_000,
  }
}

/**
 * Two servers of Redis, and a promotion of Postgres that loses the beginning of a term. One process is left alone at the old server, without
 * Postgres, so that the others begin a term at the new one. Postgres loses that, and answers the process that is alone sooner than the others:
 * it begins the next term, which may have the same number.
 */
function lostTermPlanOf(seed: number): Plan {
  const random = new Random(seed ^ 0x5eed)
  const alone = random.below(PROCESSES_BY_HAND)
  const all = Array.from({ length: PROCESSES_BY_HAND }, (_, i) => i)
  const others = all.filter((i) => i !== alone).map((i) => seedOf(random, i))
  const own = seedOf(random, alone)
  // The new server has all that the old one has.
  const split = seedWhere(random, (drawn) => {
    drawn.below(PROCESSES_BY_HAND)
    return drawn.happens(0.5) && all.every((i) => drawn.happens(0.5) === (i === alone))
  })
  // The first term is as old by then as one must be that others end.
  const at = random.between(BEGINS_MS, BEGINS_MS + 300) + 2_900
  const lostMs = random.between(3_300, 4_200)
  /** About when the standby is promoted: the term begins a second or two after the split. */
  const promoted = at + 1_500 + lostMs
  const heard = promoted + random.between(-200, 800)
  return {
    profile: 'lost-term',
    processes: PROCESSES_BY_HAND,
    logLength: 1_000,
    load: lostTermLoadOf(random, promoted + 1_000),
    faults: [
      { kind: 'split', at, forMs: LONG_MS, seed: split },
      { kind: 'postgres-out', at: at + 50, forMs: heard - at - 50, seed: own },
      { kind: 'promotion', at, forMs: lostMs, step: 'beginTerm', seed: own },
      ...others.map((other) => ({ kind: 'postgres-slow', at: promoted - 600, forMs: 2_000, seed: other }) as const),
      ...(random.happens(0.5) ? [{ kind: 'stop', at: heard + 300, forMs: 4_500, seed: own } as const] : []),
    ],
    healsAt: BEGINS_MS + LONG_MS,
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
