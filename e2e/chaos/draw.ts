/** Draws the faults of a run and their times: a pure function of its seed. */
import { Random } from '../simulation/random.ts'

export const WEB = ['web-1', 'web-2', 'web-3'] as const
export const WORKERS = ['worker-1', 'worker-2'] as const
const PROCESSES = [...WEB, ...WORKERS, 'edge', 'prober'] as const
export type ProcessName = (typeof PROCESSES)[number]

const STORES = ['redis', 'postgres'] as const
type StoreName = (typeof STORES)[number]

/** The connections of one process to one store. */
export type LinkName = `${(typeof WEB)[number] | (typeof WORKERS)[number]}>${StoreName}`
export const LINKS: readonly LinkName[] = [...WEB, ...WORKERS].flatMap((name) =>
  STORES.map((store): LinkName => `${name}>${store}`),
)

/** Milliseconds from the beginning of a fault to its end. */
interface Lasts {
  readonly least: number
  readonly most: number
}

const LONG: Lasts = { least: 1_000, most: 30_000 }
const SHORT: Lasts = { least: 500, most: 6_000 }

const PROCESS_FAULTS = {
  kill: ['is killed (SIGKILL) and started again', SHORT],
  restart: ['is told to end (SIGTERM) and started again', SHORT],
  pause: ['stands still (SIGSTOP) for up to 30 s', LONG],
} as const
const REDIS_FAULTS = {
  'redis-restart': ['Redis is told to end and started again, with its data', SHORT],
  'redis-kill': ['Redis is killed and started again, with its data', SHORT],
  'redis-empty': ['Redis is killed and comes back without its data', SHORT],
  'redis-old-file': ['Redis is killed and comes back with a file that is 3 s old', SHORT],
  'redis-frozen': ['Redis stands still (SIGSTOP) for up to 30 s, its connections stay open, then it goes on', LONG],
  'redis-full': ['Redis is full (OOM)', SHORT],
  'redis-demoted': ['Redis is made a replica and refuses writes (READONLY)', SHORT],
  'redis-without-replicas': ['Redis lacks replicas and refuses writes (NOREPLICAS)', SHORT],
  'redis-without-disk': ['Redis cannot save and refuses writes (MISCONF)', SHORT],
  'redis-disk-full': ['the disk of Redis is full', SHORT],
} as const
const POSTGRES_FAULTS = {
  'postgres-restart': ['Postgres is told to end and started again', SHORT],
  'postgres-crash': ['Postgres ends at once and recovers when it is started again', SHORT],
  'postgres-frozen': [
    'Postgres stands still (SIGSTOP) for up to 30 s, its connections stay open, then it goes on',
    LONG,
  ],
  'postgres-disk-full': ['the disk of Postgres is full', SHORT],
  'postgres-promoted': ['Postgres is killed, and a standby that has every commit takes its place', SHORT],
} as const
const CLOCK_FAULTS = {
  'clock-ahead': ['the clock of a process is an hour ahead, then right again', SHORT],
  'clock-behind': ['the clock of a process is an hour behind, then right again', SHORT],
} as const
const DEPLOY_FAULTS = {
  deploy: ['the web instances are replaced one after the other, with the same build', { least: 0, most: 0 }],
} as const
const LINK_FAULTS = {
  cut: ['the connections of a process to a store are cut, and new ones refused', SHORT],
  silent: ['the connections of a process to a store stay open, and nothing comes through', SHORT],
  'one-way': ['what a process sends reaches a store, and no answer comes back', SHORT],
  late: ['what passes between a process and a store is 50 to 400 ms late', SHORT],
} as const

type Of<Kinds, Target> = { readonly kind: keyof Kinds; readonly target: Target }
/** A process whose clock can be another. */
export type ClockName = (typeof CLOCKS)[number]
const CLOCKS = ['redis', ...WEB, ...WORKERS] as const

type Subject =
  | Of<typeof PROCESS_FAULTS, ProcessName>
  | Of<typeof REDIS_FAULTS, 'redis'>
  | Of<typeof POSTGRES_FAULTS, 'postgres'>
  | Of<typeof CLOCK_FAULTS, ClockName>
  | Of<typeof DEPLOY_FAULTS, 'web'>
  | Of<typeof LINK_FAULTS, LinkName>

export type FaultKind = Subject['kind']
export const FAULTS = {
  ...PROCESS_FAULTS,
  ...DEPLOY_FAULTS,
  ...REDIS_FAULTS,
  ...POSTGRES_FAULTS,
  ...LINK_FAULTS,
  ...CLOCK_FAULTS,
} as const
/** They need a file system that this process mounts. */
export const DISK_FAULTS: readonly FaultKind[] = ['redis-disk-full', 'postgres-disk-full']

export type Fault = Subject & {
  /** Milliseconds from the beginning of the round. */
  readonly afterMs: number
  readonly lastsMs: number
  /** The delay of each answer, where the fault is that. */
  readonly lateMs: number
}

/** One fault, or two of different targets whose times may overlap. */
export type Round = readonly [Fault, ...Fault[]]

function subjectsOf(): readonly Subject[] {
  const kinds = <K extends string>(faults: Readonly<Record<K, unknown>>): K[] =>
    Object.keys(faults).filter((name): name is K => name in faults)
  const each = <K extends FaultKind, T extends string>(faults: Readonly<Record<K, unknown>>, targets: readonly T[]) =>
    kinds(faults).flatMap((kind) => targets.map((target) => ({ kind, target })))
  return [
    ...each(PROCESS_FAULTS, PROCESSES),
    ...each(REDIS_FAULTS, ['redis'] as const),
    ...each(POSTGRES_FAULTS, ['postgres'] as const),
    ...each(LINK_FAULTS, LINKS),
    ...each(CLOCK_FAULTS, CLOCKS),
    ...each(DEPLOY_FAULTS, ['web'] as const),
  ]
}

const SUBJECTS = subjectsOf()
export const KINDS = [...new Set(SUBJECTS.map(({ kind }) => kind))]
const SHARE_OF_PAIRS = 0.5
const LATE_MS = [50, 400] as const

/** The parts that a fault stops or changes: two at once have none in common. */
function touched({ target }: Subject): readonly string[] {
  return target === 'web' ? WEB : [target]
}

function apart(one: Subject, other: Subject): boolean {
  return !touched(one).some((name) => touched(other).includes(name))
}

/** @returns undefined when there is no subject of that kind beside the first fault */
function draw(random: Random, kind: FaultKind, first?: Fault): Fault | undefined {
  const subjects = SUBJECTS.filter((one) => one.kind === kind && (!first || apart(one, first)))
  if (subjects.length === 0) return undefined
  const { least, most } = FAULTS[kind][1]
  // Short ones more often than long ones: in the same time more of them happen.
  const lastsMs = Math.round(least + (most - least) * random.next() ** 3)
  const afterMs = Math.round(random.between(0, first?.lastsMs ?? 0))
  return { ...random.pick(subjects), lastsMs, afterMs, lateMs: Math.round(random.between(...LATE_MS)) }
}

function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const left = [...items]
  return items.flatMap(() => left.splice(random.below(left.length), 1))
}

/**
 * Kinds come as from a deck of cards: each once, in any order, then each again.
 * @returns rounds without end: the same for the same seed and kinds
 */
export function* drawRounds(seed: number, kinds: readonly FaultKind[] = KINDS): Generator<Round, never> {
  const random = new Random(seed)
  let deck: FaultKind[] = []
  for (;;) {
    if (deck.length === 0) deck = shuffled(random, kinds)
    const [kind = 'kill', ...others] = deck
    const first = draw(random, kind)
    if (!first) throw new Error(`${kind} has no target`)
    deck = others
    const second = random.happens(SHARE_OF_PAIRS)
      ? others.map((other) => draw(random, other, first)).find((fault) => fault !== undefined)
      : undefined
    if (second) deck = others.filter((other) => other !== second.kind)
    yield second ? [first, second] : [first]
  }
}

/** In words, with its times. */
export function describeFault({ kind, target, afterMs, lastsMs, lateMs }: Fault): string {
  const late = kind === 'late' ? ` by ${lateMs} ms` : ''
  return `${kind} ${target}${late}, from ${afterMs} to ${afterMs + lastsMs} ms`
}
