/** One run: readers and writers at work, then a last look at everything, then the verdict. */
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { Checker, type Verdict } from './checker.ts'
import { Load, type Counts } from './load.ts'
import { type Bounds, Outage } from './outage.ts'
import { revalidate, revalidatingReaders } from './revalidating.ts'
import type { StepBarrier } from './stepBarrier.ts'
import { hotProducts, type HotProduct } from './targets.ts'
import { committedPrices, signIn, Writers, type WriteCounts } from './writers.ts'

export interface RunOptions {
  /** Each instance's own address, and the shared one. */
  readonly origins: readonly string[]
  readonly databaseUrl: string
  readonly email: string
  readonly password: string
  readonly locales: readonly string[]
  readonly reads: number
  /** Reads between two edits, on average. */
  readonly readsAnEdit: number
  readonly clients: number
  readonly products: number
  readonly stopAtViolation?: boolean
  /** False where no worker runs that would deliver what is written past the application. */
  readonly console?: boolean
  /** See `LoadOptions`. */
  readonly sticky?: boolean
  /** See `LoadOptions`. */
  readonly edge?: string
  /** See `LoadOptions`. */
  readonly restMs?: number
  /** Readers beside the load that hold pages and ask whether they have changed; edits do not keep step with their reads. */
  readonly revalidating?: { readonly edge: number; readonly web: number }
  /**
   * For runs in which stores fail: an edit that is refused is counted, and there are bounds for what is written during a fault. Without
   * one it is due when the fault has ended.
   */
  readonly storesFail?: Bounds
  /** Work beside the load, such as faults; it is to end when the run has. */
  readonly beside?: (run: Beside) => Promise<void>
}

export interface Beside {
  readonly pace: StepBarrier
  readonly outage: Outage
  readonly load: Load
  readonly writers: Writers
  readonly checker: Checker
  readonly products: readonly HotProduct[]
  stop(): void
  /** The number of things that the checker keeps. */
  kept(): number
}

export interface RunResult {
  readonly seconds: number
  readonly counts: Counts
  readonly writes: WriteCounts
  readonly verdict: Verdict
}

const EDITORS = ['editor 1', 'editor 2']

export async function run(options: RunOptions): Promise<RunResult> {
  const { origins, locales } = options
  const [origin = ''] = origins
  const products = await hotProducts(options.databaseUrl, options.products)
  const outage = new Outage(options.storesFail)
  const { edge } = options
  const checker = new Checker(edge === undefined ? edge : { origin: edge, cutOffSince: (at) => outage.since(at) })
  const load = new Load({ ...options, products, checker })
  const pool = new pg.Pool({ connectionString: options.databaseUrl, max: 2 })
  pool.on('error', () => undefined) // the query under way reports it
  try {
    const cookie = await signIn(origin, options.email, options.password)
    const writers = new Writers({
      origins,
      products,
      locales,
      checker,
      load,
      pool,
      cookie,
      outage,
      storesFail: options.storesFail !== undefined,
    })
    const revalidating =
      options.revalidating &&
      revalidate(revalidatingReaders(options.revalidating, { ...options, products }), (read) => load.ended(read))
    const start = performance.now()
    const withConsole = options.console ?? true
    const between = options.readsAnEdit * (EDITORS.length + (withConsole ? 1 : 0))
    await Promise.all([
      load.run().finally(() => revalidating?.stop()),
      revalidating?.done,
      ...EDITORS.map((name) => writers.edit(name, between)),
      withConsole ? writers.update('console', between) : undefined,
      options.beside?.({
        pace: load.pace,
        outage,
        load,
        writers,
        checker,
        products,
        stop: () => load.stop(),
        kept: () => checker.size,
      }),
    ])
    const seconds = (performance.now() - start) / 1_000
    await writers.settle()
    await wait(outage.remainingMs)
    await load.sweep()
    return {
      seconds,
      counts: load.counts,
      writes: writers.counts,
      verdict: checker.finish(await committedPrices(pool)),
    }
  } finally {
    await pool.end()
  }
}
