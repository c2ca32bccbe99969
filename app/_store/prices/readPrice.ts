/** Reads a price with the names of the contract, off the wire or out of storage, without weighing as much as a schema library. */
import { fromWire } from '#lib/money/wire.ts'
import type { Reduction, ShownPrice } from '#lib/money/price.ts'

/** Says of a value whether it is what the schema has for a field. The compiler asks for each field, and for its type. */
type Guards<T> = { [K in keyof T]: (value: unknown) => value is T[K] }

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0
const isText = (value: unknown): value is string => typeof value === 'string'

type Facts = Omit<ShownPrice, keyof Reduction>

const FACTS: Guards<Facts> = {
  productId: isCount,
  amountMinor: isCount,
  currency: (value): value is string => isText(value) && /^[A-Z]{3}$/.test(value),
  version: isCount,
  versionUpdatedAt: isText,
  productVersion: (value): value is number => value === 0 || isCount(value),
  status: (value): value is Facts['status'] => value === 'active' || value === 'discontinued',
}

const REDUCED_FROM: readonly unknown[] = ['lowest-of-30-days', 'compare-at'] satisfies Reduction['reducedFrom'][]
const isReducedFrom = (value: unknown): value is Reduction['reducedFrom'] => REDUCED_FROM.includes(value)

/** From an instance or a page that did not say this yet: older than any that does. */
const UNSAID = { productVersion: 0, status: 'active' }

function isFacts(value: object): value is Facts {
  return Object.entries(FACTS).every(([field, guard]) => guard(Reflect.get(value, field)))
}

/** A reduction that is none is not shown. */
function readReduction({
  amountMinor,
  reducedFromMinor,
  reducedFrom,
}: Facts & { [K in keyof Reduction]?: unknown }): Reduction {
  return isCount(reducedFromMinor) && reducedFromMinor > amountMinor && isReducedFrom(reducedFrom)
    ? { reducedFromMinor, reducedFrom }
    : { reducedFromMinor: null, reducedFrom: null }
}

/** @returns undefined for anything that is not a price */
export function readPrice(value: unknown): ShownPrice | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const said = fromWire({ ...UNSAID, ...value })
  if (!isFacts(said)) return undefined
  const { productId, amountMinor, currency, version, versionUpdatedAt, productVersion, status } = said
  return {
    productId,
    amountMinor,
    currency,
    version,
    versionUpdatedAt,
    productVersion,
    status,
    ...readReduction(said),
  }
}
