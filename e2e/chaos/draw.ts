/** Which faults a run has, and when: a pure function of its seed. */
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
  'redis-full': ['Redis is full (OOM)', SHORT],
  'redis-demoted': ['Redis is made a replica and refuses writes (READONLY)', SHORT],
  'redis-without-replicas': ['Redis lacks replicas and refuses writes (NOREPLICAS)', SHORT],
  'redis-without-disk': ['Redis cannot save and refuses writes (MISCONF)', SHORT],
} as const
const POSTGRES_FAULTS = {
  'postgres-restart': ['Postgres is told to end and started again', SHORT],
  'postgres-crash': ['Postgres ends at once and recovers when it is started again', SHORT],
} as const
const LINK_FAULTS = {
  cut: ['the connections of a process to a store are cut, and new ones refused', SHORT],
  silent: ['the connections of a process to a store stay open, and nothing comes through', SHORT],
  'one-way': ['what a process sends reaches a store, and no answer comes back', SHORT],
  late: ['what passes between a process and a store is 50 to 400 ms late', SHORT],
} as const

type Of<Kinds, Target> = { readonly kind: keyof Kinds; readonly target: Target }
type Subject =
  | Of<typeof PROCESS_FAULTS, ProcessName>
  | Of<typeof REDIS_FAULTS, 'redis'>
  | Of<typeof POSTGRES_FAULTS, 'postgres'>
  | Of<typeof LINK_FAULTS, LinkName>

export type FaultKind = Subject['kind']
export const FAULTS = { ...PROCESS_FAULTS, ...REDIS_FAULTS, ...POSTGRES_FAULTS, ...LINK_FAULTS } as const

export type Fault = Subject & {
  /** Milliseconds from the beginning of the round. */
  readonly afterMs: number
  readonly lastsMs: number
  /** How late what passes is, where the fault is that. */
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
  ]
}

const SUBJECTS = subjectsOf()
const KINDS = [...new Set(SUBJECTS.map(({ kind }) => kind))]
const SHARE_OF_PAIRS = 0.35
const LATE_MS = [50, 400] as const

function draw(random: Random, subjects: readonly Subject[], startsWithinMs: number): Fault {
  // The kind first: there are many more processes and connections than stores.
  const kinds = KINDS.filter((kind) => subjects.some((one) => one.kind === kind))
  const kind = random.pick(kinds)
  const subject = random.pick(subjects.filter((one) => one.kind === kind))
  const { least, most } = FAULTS[kind][1]
  // Short ones more often than long ones: in the same time more of them happen.
  const lastsMs = Math.round(least + (most - least) * random.next() ** 3)
  const afterMs = Math.round(random.between(0, startsWithinMs))
  return { ...subject, lastsMs, afterMs, lateMs: Math.round(random.between(...LATE_MS)) }
}

/** @returns rounds without end: the same for the same seed */
export function* drawRounds(seed: number): Generator<Round, never> {
  const random = new Random(seed)
  for (;;) {
    const first = draw(random, SUBJECTS, 0)
    const others = SUBJECTS.filter(({ target }) => target !== first.target)
    yield random.happens(SHARE_OF_PAIRS) ? [first, draw(random, others, first.lastsMs)] : [first]
  }
}

/** In words, with its times. */
export function tell({ kind, target, afterMs, lastsMs, lateMs }: Fault): string {
  const late = kind === 'late' ? ` by ${lateMs} ms` : ''
  return `${kind} ${target}${late}, from ${afterMs} to ${afterMs + lastsMs} ms`
}
