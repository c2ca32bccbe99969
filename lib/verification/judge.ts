/** The one judge: whether what was read is right, given what Postgres had before it was asked for. Pure. */
import type { StatedPrice, StatedReduction } from '#lib/catalog/pageStatement.ts'
import type { PageReading } from './readPage.ts'
import type { Verdict } from './verdict.ts'

export interface Judgement {
  readonly verdict: Verdict
  /** In words; empty for what is fresh. */
  readonly why: string
}

/** The newest version that Postgres had before a read, and what else is known of it. */
export interface Floor {
  readonly version: number
}

/** The history of prices in Postgres. */
export interface PriceTruth<F extends Floor = Floor> {
  /** The least version that a page has to show; undefined of a product that no page has to show. */
  floor(productId: number): F | undefined
  /** @returns the amount of a version, in minor units; undefined of a version that never was */
  amount(productId: number, version: number): number | undefined
  /** @returns the former price that stands beside a version, in minor units; null: none does; undefined of a version that never was */
  reducedFrom(productId: number, version: number): number | null | undefined
}

export interface PriceJudgement<F extends Floor = Floor> extends Judgement {
  readonly productId: number
  readonly expected: F | undefined
  /** Undefined where the page shows no price of the product. */
  readonly shown: StatedPrice | undefined
}

/** Versions that may be shown: Postgres had `least` before the read and `most` after it. Without `most` no version is too new. */
export interface VersionRange {
  readonly least: number
  readonly most?: number
}

const FRESH: Judgement = { verdict: 'fresh', why: '' }
/** The first one that is found decides, where several elements show one product. */
const WORST_FIRST: readonly Verdict[] = ['torn', 'invented', 'behind']

/** Judges a copy of which only the version is known. */
export function judgeVersion(version: number, { least, most = Number.POSITIVE_INFINITY }: VersionRange): Judgement {
  if (version < least)
    return {
      verdict: 'behind',
      why: `Version ${version} was shown, ${least} was committed before it was asked for.`,
    }
  if (version > most)
    return {
      verdict: 'invented',
      why: `Postgres never had version ${version}: restored from a backup, or written by hand.`,
    }
  return FRESH
}

/** Judges the page of one product by the version that its head states. */
export function judgePageVersion(reading: PageReading, productId: number, range: VersionRange): Judgement {
  const version = reading.statement.versions.get(productId)
  return (
    judgeAnswer(reading) ??
    (version === undefined
      ? { verdict: 'missing', why: 'The page shows no price of its product.' }
      : judgeVersion(version, range))
  )
}

/**
 * Judges every price of a page.
 * @param ownProductId the product whose page was asked for; undefined for a list
 * @returns a judgement for each product that the page shows, and for the one that it should show; those of a page
 *   that could not be read are about its own product alone
 */
export function judgePage<F extends Floor>(
  reading: PageReading,
  ownProductId: number | undefined,
  truth: PriceTruth<F>,
): PriceJudgement<F>[] {
  const own = ownProductId === undefined ? undefined : truth.floor(ownProductId)
  const withoutPrice = (judgement: Judgement): PriceJudgement<F>[] =>
    ownProductId === undefined || !own
      ? []
      : [{ ...judgement, productId: ownProductId, expected: own, shown: undefined }]
  const noPage = judgeAnswer(reading)
  if (noPage) return withoutPrice(noPage)
  const { prices, reductions, contradictions } = reading.statement
  const says = [...contradictions, ...reductions.flatMap((stated) => falseReduction(stated, truth) ?? [])]
  const named = prices.filter(({ productId }) => Number.isInteger(productId))
  const judged = [...Map.groupBy(named, ({ productId }) => productId)].map(([productId, elements]) => {
    const expected = truth.floor(productId)
    const worst = elements
      .map((shown) => ({ ...judgePrice(shown, expected, truth), productId, expected, shown }))
      .toSorted((a, b) => rankOf(a.verdict) - rankOf(b.verdict))[0]
    const torn = says.filter((one) => one.productId === productId).map(({ words }) => words)
    return worst && torn.length > 0
      ? { ...worst, verdict: 'torn' as const, why: [worst.why, ...torn].filter(Boolean).join(' ') }
      : worst
  })
  const all = judged.filter((one) => one !== undefined)
  return all.some(({ productId }) => productId === ownProductId)
    ? all
    : [...all, ...withoutPrice({ verdict: 'missing', why: 'The page shows no price of its product.' })]
}

/** @returns undefined for a page that can be judged by what it states */
export function judgeAnswer({ status, failure }: PageReading): Judgement | undefined {
  if (status === 200) return undefined
  if (status === undefined) return { verdict: 'unreadable', why: failure?.message ?? 'No answer.' }
  if (status === 404 || status === 410)
    return { verdict: 'behind', why: `It answered ${status} for a product that is on sale.` }
  return { verdict: 'unreadable', why: `It answered ${status}.` }
}

function judgePrice(shown: StatedPrice, floor: Floor | undefined, truth: PriceTruth): Judgement {
  const { productId, version, amountMinor } = shown
  const amount = truth.amount(productId, version)
  if (amount !== undefined && amount !== amountMinor)
    return { verdict: 'torn', why: `Version ${version} is ${amount} minor units, the page says ${amountMinor}.` }
  const judgement = judgeVersion(version, { least: floor?.version ?? 0 })
  // An old version may be one that the history has forgotten.
  if (judgement.verdict !== 'fresh' || amount !== undefined) return judgement
  return { verdict: 'invented', why: `Version ${version} was never committed.` }
}

function falseReduction({ productId, version, reducedFromMinor }: StatedReduction, truth: PriceTruth) {
  const right = truth.reducedFrom(productId, version)
  if (right === undefined || right === reducedFromMinor) return undefined
  const words = `Beside version ${version} stands the former price ${reducedFromMinor ?? 'none'}, by the history it is ${right ?? 'none'}.`
  return { productId, words }
}

function rankOf(verdict: Verdict): number {
  const rank = WORST_FIRST.indexOf(verdict)
  return rank < 0 ? WORST_FIRST.length : rank
}
