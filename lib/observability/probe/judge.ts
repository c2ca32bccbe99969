/** Whether what a page said was right, given what Postgres knew before the page was asked for. Pure. */
import type { PageStatement } from '#lib/catalog/pageStatement.ts'

type Verdict = 'fresh' | 'behind' | 'torn' | 'unreachable'

export interface Known {
  /** Of the newest version before the read began. */
  readonly version: number
  readonly amountCents: number
  /** When that version was made. */
  readonly at: Date
}

export interface Answer {
  /** Undefined when there was none. */
  readonly status: number | undefined
  readonly error: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly statement: PageStatement
}

export interface Judged {
  readonly productId: number
  readonly verdict: Verdict
  readonly expected: Known
  readonly shownVersion: number | undefined
  readonly shownAmountCents: number | undefined
  /** In words; empty for what is fresh. */
  readonly why: string
}

/** What Postgres knows: the floor of each product before the read, and the amount of any version. */
export interface Truth {
  floor(productId: number): Known | undefined
  amount(productId: number, version: number): number | undefined
}

function judgePrice(
  productId: number,
  expected: Known,
  shown: { version: number; amountCents: number },
  truth: Truth,
): Judged {
  const base = { productId, expected, shownVersion: shown.version, shownAmountCents: shown.amountCents }
  const amount = truth.amount(productId, shown.version)
  if (amount === undefined) return { ...base, verdict: 'torn', why: `Version ${shown.version} was never committed.` }
  if (amount !== shown.amountCents)
    return {
      ...base,
      verdict: 'torn',
      why: `Version ${shown.version} is ${amount} cents, the page says ${shown.amountCents}.`,
    }
  if (shown.version < expected.version)
    return {
      ...base,
      verdict: 'behind',
      why: `Version ${shown.version} was shown, ${expected.version} was committed before the page was asked for.`,
    }
  return { ...base, verdict: 'fresh', why: '' }
}

/**
 * @param ownProductId whose page was asked for; undefined for a list
 * @returns a verdict for each product that the page shows, and for the one that it should show; those of a failed
 *   read are about its own product alone
 */
export function judgePage(answer: Answer, ownProductId: number | undefined, truth: Truth): Judged[] {
  const own = ownProductId === undefined ? undefined : truth.floor(ownProductId)
  const missing = (verdict: Verdict, why: string): Judged[] =>
    ownProductId === undefined || !own
      ? []
      : [{ productId: ownProductId, verdict, expected: own, shownVersion: undefined, shownAmountCents: undefined, why }]
  if (answer.status === undefined) return missing('unreachable', answer.error ?? 'No answer.')
  if (answer.status === 404 || answer.status === 410)
    return missing('behind', `It answered ${answer.status} for a product that is on sale.`)
  if (answer.status !== 200) return missing('unreachable', `It answered ${answer.status}.`)
  const { prices, contradictions } = answer.statement
  const judged = prices.flatMap((shown): Judged[] => {
    const expected = truth.floor(shown.productId)
    if (!expected) return []
    const verdict = judgePrice(shown.productId, expected, shown, truth)
    const torn = contradictions.filter((text) => text.startsWith(`product ${shown.productId}:`))
    return [
      torn.length === 0
        ? verdict
        : { ...verdict, verdict: 'torn', why: [verdict.why, ...torn].filter(Boolean).join(' ') },
    ]
  })
  const saysOwn = ownProductId === undefined || judged.some(({ productId }) => productId === ownProductId)
  return saysOwn ? judged : [...judged, ...missing('torn', 'The page shows no price of its product.')]
}
