/** docs/results/coherence.md */
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, release, totalmem, type } from 'node:os'
import path from 'node:path'
import type { Kills } from '../../e2e/coherence/faults/killer.ts'
import { table, tables } from '../../e2e/coherence/report.ts'
import type { RunResult } from '../../e2e/coherence/run.ts'
import { root } from '../run/environment.ts'
import type { CoherenceOptions } from './options.ts'

export interface Sample {
  readonly reads: number
  /** The number of things that the checker keeps: versions, and the moments from which they may not be undercut. */
  readonly kept: number
  readonly heapMb: number
}

interface Made {
  readonly result: RunResult
  readonly options: CoherenceOptions
  readonly samples: readonly Sample[]
  readonly kills: Kills | undefined
  readonly clients: number
  readonly products: number
  readonly locales: readonly string[]
}

const EDGES = { local: 'our Worker on workerd', varnish: 'Varnish' } as const

function version(name: string): string {
  const { version: found }: { version: string } = JSON.parse(
    readFileSync(path.join(root, 'node_modules', name, 'package.json'), 'utf8'),
  )
  return found
}

export function machine(): string {
  const [cpu] = cpus()
  return (
    `${cpu?.model ?? 'unknown'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB, ${type()} ${release()}, ` +
    `Node ${process.versions.node}, Next.js ${version('next')}; readers, editors, web instances, worker, Postgres and Redis share it`
  )
}

export function document({ result, options, samples, kills, clients, products, locales }: Made): string {
  const { verdict, counts } = result
  const total = Object.values(verdict.counts).reduce((sum, count) => sum + count, 0)
  const asked =
    counts.reads < options.reads
      ? ` The run was to make ${options.reads.toLocaleString('en')}; it ended after ${options.minutes} minutes.`
      : ''
  return `# Coherence: a history of reads and edits, checked

${verdict.reads.toLocaleString('en')} reads, ${verdict.prices.toLocaleString('en')} prices in them, **${total} violations** of invariants 1 to 5 of the design.${asked}

- Run: ${new Date().toISOString()}
- Machine: ${machine()}
- Again: \`${options.command}\`
- ${options.web} web instances and one worker${options.edge ? `, and ${EDGES[options.edge]} in front of them, which is read too and held to the same invariants,` : ''} on one Postgres and one Redis; ${clients} readers with connections of their own, two editors and a database
  console; ${products} products on every page that shows them, in ${locales.join(', ')}; about one edit every ${options.readsAnEdit} reads, and the reads go where the edits are.
- ${kills ? `Killed with SIGKILL during the run, and started again: web instances ${kills.web} times, the worker ${kills.worker} times.` : 'Nothing was killed during the run.'}

A read counts when its whole answer is there and every place in it that names a price has been read: the head, the elements and the text
that a person sees, the data that the page hydrates from, JSON-LD, OpenGraph, the Cache-Tag header. A write past the application has one second
until it must be seen; one that falls into a time without a worker, five seconds from the worker's return.

${tables(result)}

What the checker keeps grows with the edits, not with the reads:

${table(
  ['reads', 'kept', 'heap of the process that reads and checks, MB'],
  samples.map(({ reads, kept, heapMb }) => [reads, kept, heapMb]),
)}
`
}
