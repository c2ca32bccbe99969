/** One run of one strategy: calm, bulk edits, lost messages, a Redis that is away, a writer that dies; and what was read. */
import { setTimeout as delay } from 'node:timers/promises'
import { byPopularity, spread } from '../lib/popularity.ts'
import { percentile } from '../../tools/figures/percentile.ts'
import { staleReads, type Reading } from './judge.ts'
import { clockMs } from './messages.ts'
import { openProcess } from './process.ts'
import type { Reader, Strategy } from './strategy.ts'
import { WriterProcess } from './writerProcess.ts'
import { openStores, type StoreOptions } from './strategyStores.ts'

export const PHASES = ['calm', 'bulk', 'lost message', 'Redis away', 'killed'] as const
export type Phase = (typeof PHASES)[number]

export interface LoadOptions extends Pick<StoreOptions, 'databaseUrl' | 'redisUrl'> {
  /** Milliseconds of each phase. */
  readonly phaseMs: Readonly<Record<Phase, number>>
  readonly ttlMs: number
}

/** The results of one phase: reads that did not show a price that was committed in it. */
export interface PhaseOutcome {
  readonly stale: number
  readonly worstMs: number
}

export interface Outcome {
  readonly strategy: string
  readonly reads: number
  readonly errors: number
  /** Milliseconds by which each stale read was behind. */
  readonly behindMs: readonly number[]
  readonly phases: Readonly<Record<Phase, PhaseOutcome>>
  /** Pages that were old when everything had been quiet for one and a half TTLs. */
  readonly oldAtTheEnd: number
  /** Acknowledged prices that Postgres does not have. */
  readonly lostPrices: number
  readonly readQueries: number
  readonly queries: number
  readonly edits: number
  readonly refused: number
  readonly writeP50: number
  readonly writeP99: number
}

const PRODUCTS = 300
const [INSTANCES, READERS_EACH, PAUSE_MS] = [2, 6, 3]
const [EDIT_EVERY_MS, EDIT_OFTEN_MS, BULK_EVERY_MS, BULK_ROWS] = [25, 12, 800, 200]
/** The share of a phase for which Redis is away. */
const AWAY_SHARE = 0.15
/** The edit that its writer does not survive is one of every sixth product. */
const FATAL_EVERY = 6

const ids = Array.from({ length: PRODUCTS }, (_, i) => i + 1)

export async function runLoad(strategy: Strategy, options: LoadOptions): Promise<Outcome> {
  const stores = await openStores({ ...options, products: PRODUCTS, versioned: strategy.versioned === true })
  let phase: Phase = 'calm'
  const webs = await Promise.all(Array.from({ length: INSTANCES }, () => openProcess(stores.address)))
  const readers = await Promise.all(webs.map((web) => strategy.reader(web)))
  const writer = new WriterProcess(strategy.name, stores.address, () => phase)
  const readings: Reading[] = []
  const stop = new AbortController()
  let errors = 0
  let edits = 0

  async function visit(reader: Reader, number: number): Promise<void> {
    const choose = byPopularity(ids)
    for (let i = number * 7_919; !stop.signal.aborted; i++) {
      const id = choose(i)
      const began = clockMs()
      await reader.read(id).then(
        (amount) => readings.push({ id, amount, began }),
        () => errors++,
      )
      await delay(PAUSE_MS)
    }
  }
  async function edit(forMs: number, everyMs: number): Promise<void> {
    const until = performance.now() + forMs
    while (performance.now() < until) {
      const id = ids[Math.floor(spread(++edits) * PRODUCTS)] ?? 1
      writer.order({ ids: [id], dies: false, loses: phase === 'lost message' })
      await delay(everyMs)
    }
  }
  const besides: Record<Phase, (ms: number) => Promise<void>> = {
    calm: async () => undefined,
    'lost message': async () => undefined,
    async bulk(ms) {
      for (let at = 0; at + BULK_EVERY_MS <= ms; at += BULK_EVERY_MS) {
        const first = Math.floor(spread(at) * (PRODUCTS - BULK_ROWS))
        writer.order({ ids: ids.slice(first, first + BULK_ROWS), dies: false, loses: false })
        await delay(BULK_EVERY_MS)
      }
    },
    async 'Redis away'(ms) {
      await delay(ms / 3)
      await stores.proxy.cut()
      await delay(ms * AWAY_SHARE)
      await stores.proxy.heal()
    },
    async killed(ms) {
      await delay(ms / 4)
      writer.order({ ids: ids.filter((id) => id % FATAL_EVERY === 3), dies: true, loses: false })
    },
  }

  try {
    await writer.start()
    const visits = readers.flatMap((reader, r) =>
      Array.from({ length: READERS_EACH }, (_, i) => visit(reader, r * READERS_EACH + i)),
    )
    for (const next of PHASES) {
      phase = next
      const ms = options.phaseMs[next]
      await Promise.all([edit(ms, next === 'lost message' ? EDIT_OFTEN_MS : EDIT_EVERY_MS), besides[next](ms)])
    }
    await writer.ready
    await delay(1.5 * options.ttlMs)
    stop.abort()
    await Promise.all(visits)
    const readQueries = webs.reduce((sum, web) => sum + web.queries(), 0)
    const queries = readQueries + writer.queries
    const current = new Map((await stores.rows()).map(({ id, amount }) => [id, amount]))
    let oldAtTheEnd = 0
    for (const reader of readers)
      for (const id of ids) if ((await reader.read(id)) < (current.get(id) ?? 0)) oldAtTheEnd++
    const stale = staleReads(writer.commits, readings)
    const newest = new Map<number, number>()
    for (const { id, amount } of writer.commits) newest.set(id, Math.max(amount, newest.get(id) ?? 0))
    const inPhase = (name: Phase): PhaseOutcome => {
      const behind = stale.filter((read) => read.phase === name).map(({ behindMs }) => behindMs)
      return { stale: behind.length, worstMs: behind.reduce((most, ms) => Math.max(most, ms), 0) }
    }
    return {
      strategy: strategy.name,
      reads: readings.length,
      errors,
      behindMs: stale.map(({ behindMs }) => behindMs),
      phases: {
        calm: inPhase('calm'),
        bulk: inPhase('bulk'),
        'lost message': inPhase('lost message'),
        'Redis away': inPhase('Redis away'),
        killed: inPhase('killed'),
      },
      oldAtTheEnd,
      lostPrices: [...newest].filter(([id, amount]) => (current.get(id) ?? 0) < amount).length,
      readQueries,
      queries,
      edits: writer.latencies.length,
      refused: writer.refused,
      writeP50: percentile(writer.latencies, 0.5),
      writeP99: percentile(writer.latencies, 0.99),
    }
  } finally {
    stop.abort()
    await writer.stop()
    await stores.proxy.heal()
    for (const web of webs) await web.close()
    await stores.close()
  }
}
