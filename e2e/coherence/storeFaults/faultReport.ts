/** The results of the runs, as a table. */
import { describe, table } from '../report.ts'
import type { FaultResult } from './faultRun.ts'
import { STORE_FAULTS } from './names.ts'

const HEAD = [
  'fault',
  'reads',
  'live',
  'propagating',
  'refused or lost',
  'SQL',
  '503',
  'other failures',
  'STALE',
  'violations',
  'own, propagating',
  'equal, ms',
  'edit live, ms',
  'index believed, ms',
] as const

function sum(counts: Readonly<Record<string, number>>, isMeant: (name: string) => boolean): number {
  return Object.entries(counts).reduce((total, [name, count]) => total + (isMeant(name) ? count : 0), 0)
}

export function violationsOf({ result: { verdict } }: FaultResult): number {
  return sum(verdict.counts, () => true)
}

/** A row for each fault, then each violation that is described. */
export function faultTable(results: readonly FaultResult[]): string {
  const rows = results.map((one) => {
    const { name, convergence, result } = one
    const { counts, writes, verdict } = result
    const isUnavailable = (failure: string) => failure.endsWith(': status 503')
    return [
      STORE_FAULTS[name][0],
      verdict.reads,
      writes.live,
      writes.propagating,
      writes.refused + writes.unanswered,
      writes.sql,
      sum(counts.failures, isUnavailable),
      sum(counts.failures, (failure) => !isUnavailable(failure)),
      sum(counts.byCache, (cache) => cache.startsWith('STALE')),
      violationsOf(one),
      verdict.behindPropagating,
      convergence.equalMs,
      convergence.liveMs,
      convergence.believedMs,
    ]
  })
  const answers = results.flatMap(({ name, result }) => {
    const byWhy: Record<string, number> = {}
    for (const [what, count] of Object.entries(result.counts.failures)) {
      const why = what.slice(what.indexOf(': ') + 2)
      byWhy[why] = (byWhy[why] ?? 0) + count
    }
    return Object.entries(byWhy).map(([why, count]) => [STORE_FAULTS[name][0], why, count])
  })
  const violations = results.flatMap(({ result }) => result.verdict.violations)
  const inPlace = answers.length > 0 ? [table(['fault', 'in place of a page', 'count'], answers)] : []
  return [
    table(HEAD, rows),
    ...inPlace,
    ...violations.map((violation) => `\`\`\`\n${describe(violation)}\n\`\`\``),
  ].join('\n\n')
}
