/** The faults of a history: drawn before it begins, so that a history can be played again with some of it left out. */
import { Random } from './random.ts'

const PROFILES = {
  /** Nothing goes wrong: what is found then is a fault of the protocol's everyday. */
  calm: [],
  redis: ['restart', 'old-file', 'empty', 'full', 'read-only', 'demoted', 'failover', 'split', 'lost-tag', 'clock'],
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

export interface Plan {
  readonly profile: Profile
  readonly processes: number
  readonly logLength: number
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

export function planOf(seed: number): Plan {
  const random = new Random(seed ^ 0x5eed)
  const profile = random.pick(PROFILE_NAMES)
  const kinds: readonly FaultKind[] = PROFILES[profile]
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
    faults: faults.toSorted((a, b) => a.at - b.at),
    healsAt: BEGINS_MS + FAULTS_FOR_MS + 1_000,
  }
}
