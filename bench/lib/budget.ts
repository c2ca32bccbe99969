/** The budget of the design, and the measured value. One of the bounds is there. */
export interface Budget {
  readonly what: string
  readonly measured: number
  readonly atMost?: number
  readonly atLeast?: number
}

export const isKept = ({ measured, atMost = Infinity, atLeast = -Infinity }: Budget) =>
  measured <= atMost && measured >= atLeast

/** The line that `npm run bench` reads. */
export const BUDGET_LINE = /^budget (kept|missed): (.*)$/gm

export function budgetLine(budget: Budget): string {
  const { what, measured, atMost, atLeast } = budget
  const asked = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`
  return `budget ${isKept(budget) ? 'kept' : 'missed'}: ${what}: ${Number(measured.toPrecision(3)).toLocaleString('en')}, ${asked}`
}
