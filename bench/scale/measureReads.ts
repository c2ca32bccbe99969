/** The time of each read of `tools/scale/reads.ts`, and its plan in Postgres. */
import { planOf, statementsOf, type Plan } from '../../tools/scale/plans.ts'
import type { Catalogs } from './catalogs.ts'

const RUNS = 200
/** A budget of time for what is slow: milliseconds after which no further run is begun. */
const LONGEST_MS = 5_000
const MB = 1_048_576
/** A table of at most so many rows is read from end to end, and may be. */
const FEW_ROWS = 1_000

export interface MeasuredRead {
  readonly name: string
  readonly ms: readonly number[]
  /** Their whole tables are those of more than a few rows. */
  readonly plans: readonly Plan[]
}

const megabytes = () => {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / MB
}

/** @param say what has been done */
export async function measureReads(
  { client }: Pick<Catalogs, 'client'>,
  say: (what: string) => void,
): Promise<{ reads: MeasuredRead[]; search: { seconds: number; megabytes: number } }> {
  const [{ reads }, { loadSearch }] = await Promise.all([
    import('../../tools/scale/reads.ts'),
    import('../../lib/catalog/search/search.ts'),
  ])
  const before = megabytes()
  const began = performance.now()
  await loadSearch()
  const seconds = (performance.now() - began) / 1_000
  const search = { seconds, megabytes: megabytes() - before }
  say(`search loaded in ${seconds.toFixed(1)} s`)
  const { rows } = await client.query<{ name: string }>('SELECT relname AS name FROM pg_class WHERE reltuples > $1', [
    FEW_ROWS,
  ])
  const large = new Set(rows.map(({ name: table }) => table))
  const measured: MeasuredRead[] = []
  for (const { name, area, run } of await reads()) {
    await run(0)
    const ms: number[] = []
    const start = performance.now()
    for (let i = 0; i < RUNS && performance.now() - start < LONGEST_MS; i++) {
      const at = performance.now()
      await run(i)
      ms.push(performance.now() - at)
    }
    const plans: Plan[] = []
    if (area !== 'search')
      for (const statement of await statementsOf(() => run(0))) {
        const plan = await planOf(client, statement, true)
        plans.push({ ...plan, wholeTables: plan.wholeTables.filter((table) => large.has(table)) })
      }
    measured.push({ name, ms, plans })
  }
  return { reads: measured, search }
}
