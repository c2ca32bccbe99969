/**
 * The plan of a history, drawn before it begins: so it can be played again with some of its faults left out.
 *
 * Of the profile `primaries` each history draws a few kinds of faults, and what is common in it: so these meet each other often.
 * Source: Groce et al., Swarm Testing, ISSTA 2012.
 */
import { Random } from './random.ts'
import { PAGE_NAMES, type Page } from './shop.ts'

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
} as const satisfies Readonly<Record<string, readonly string[]>>

type Profile = keyof typeof PROFILES
type FaultKind = (typeof PROFILES)[Profile][number]

export interface Fault {
  readonly kind: FaultKind
  /** Milliseconds since the history began. */
  readonly at: number
  readonly forMs: number
  /** For what else it needs to know: which process, how old a file. */
  readonly seed: number
}

/** What is common in a history. */
interface Load {
  /** Milliseconds that a message takes at most, mostly. */
  readonly delayMs: number
  /** Milliseconds that a reader, or an editor, waits at most. */
  readonly readEveryMs: number
  readonly editEveryMs: number
  readonly pages: readonly Page[]
  /** The share of edits that are staged before their commit. */
  readonly prepared: number
  /** Whether a process follows the outbox all the time. */
  readonly relays: boolean
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
/** The index is believed by then. */
const BEGINS_MS = 2_000
const FAULTS_FOR_MS = 9_000
const MOST_FAULTS = 5
const MOST_KINDS = 3
const SWARM_EVERY = 5

const USUAL: Load = { delayMs: 3, readEveryMs: 400, editEveryMs: 700, pages: PAGE_NAMES, prepared: 0.25, relays: false }

function loadOf(random: Random): Load {
  return {
    delayMs: random.pick([3, 3, 20]),
    readEveryMs: random.pick([150, 400, 400]),
    editEveryMs: random.pick([300, 700, 700, 6_000]),
    pages: random.some(PAGE_NAMES, PAGE_NAMES.length),
    prepared: random.pick([0.25, 0.25, 1]),
    relays: random.happens(0.3),
  }
}

export function planOf(seed: number): Plan {
  const random = new Random(seed ^ 0x5eed)
  const isSwarm = seed % SWARM_EVERY === 3
  const profile = isSwarm ? 'primaries' : random.pick(PROFILE_NAMES)
  const kinds: readonly FaultKind[] = isSwarm ? random.some(PROFILES[profile], MOST_KINDS) : PROFILES[profile]
  const faults =
    kinds.length === 0
      ? []
      : Array.from({ length: 1 + random.below(MOST_FAULTS) }, () => ({
          kind: random.pick(kinds),
          at: random.between(BEGINS_MS, BEGINS_MS + FAULTS_FOR_MS),
          forMs: random.happens(0.5) ? random.between(50, 1_500) : random.between(1_000, 8_000),
          seed: random.below(2 ** 30),
        }))
  return {
    profile,
    processes: 2 + random.below(2),
    logLength: random.pick([1, 3, 1_000]),
    load: isSwarm ? loadOf(random) : USUAL,
    faults: faults.toSorted((a, b) => a.at - b.at),
    healsAt: BEGINS_MS + FAULTS_FOR_MS + 1_000,
  }
}
