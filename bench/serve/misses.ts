/** The wait of a page's first visitor, and its cost for the server. */
import type { Redis } from 'ioredis'
import { percentile } from '../../tools/figures/percentile.ts'
import { readPage, type ProductRef } from '../lib/pages.ts'
import type { Row } from '../../tools/figures/markdownTable.ts'
import type { Contestant } from './contestants.ts'
import { cpuMs } from './processes.ts'

/** Visits before those that count: the compiler has seen the code. */
const WARM_UP = 50

export async function misses(
  contestants: readonly Contestant[],
  products: readonly ProductRef[],
  redis: Redis,
): Promise<Row[]> {
  const rows: Row[] = []
  for (const contestant of contestants) {
    await redis.flushdb()
    rows.push(
      await contestant.run(async ({ url, pid }) => {
        for (const { path } of products.slice(0, WARM_UP)) await readPage(url + path.replace('/en/', '/de/'))
        const before = cpuMs(pid)
        const waited: number[] = []
        for (const { path } of products) waited.push((await readPage(url + path)).ms)
        const cpu = (cpuMs(pid) - before) / products.length
        return [
          contestant.name,
          percentile(waited, 0.5).toFixed(1),
          percentile(waited, 0.99).toFixed(1),
          cpu.toFixed(1),
        ]
      }),
    )
    process.stdout.write(`miss ${rows.at(-1)?.join(' | ')}\n`)
  }
  return rows
}
