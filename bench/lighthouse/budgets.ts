/** Judges the scores that Lighthouse gives. */
import { isKept, type Budget } from '../lib/budget.ts'

export const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'] as const

/** On the slow phone that Lighthouse simulates, which is not the same in each run; all else is asked in full. */
const LEAST_PERFORMANCE_ON_PHONE = 98
const LEAST = 100

export interface AuditedPage {
  readonly name: string
  /** Its page says so: Lighthouse takes that from what it scores for being found. */
  readonly noindex?: boolean
}

export interface PageScores {
  readonly page: AuditedPage
  readonly form: 'phone' | 'desktop'
  /** Of 100, by category. */
  readonly scores: ReadonlyMap<string, number>
}

/** A page that is not meant to be found has no budget for being found. */
export function budgetsOf(audited: readonly PageScores[]): Budget[] {
  return audited.flatMap(({ page: { name, noindex = false }, form, scores }) =>
    CATEGORIES.filter((category) => !(noindex && category === 'seo')).map((category) => ({
      what: `${name} on a ${form}, ${category}`,
      measured: scores.get(category) ?? Number.NaN,
      atLeast: category === 'performance' && form === 'phone' ? LEAST_PERFORMANCE_ON_PHONE : LEAST,
    })),
  )
}

/** @returns a sentence for people who read no table; undefined when each budget was kept */
export function sentenceOf(budgets: readonly Budget[]): string | undefined {
  const missed = budgets.filter((budget) => !isKept(budget))
  if (missed.length === 0) return undefined
  const scores = missed.map(({ what, measured, atLeast }) => `${what}: ${measured}, at least ${atLeast}`)
  return `Lighthouse gives less than the budget: ${scores.join('; ')}.`
}
