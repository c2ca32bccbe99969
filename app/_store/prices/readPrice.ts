/** Reads a price with the names of the contract, off the wire or out of storage, without weighing as much as a schema library. */
import { fromWire } from '#lib/money/wire.ts'
import type { ShownPrice } from '#lib/money/price.ts'

/** Says of a value whether it is what the schema has for a field. The compiler asks for each field, and for its type. */
type Guards<T> = { [K in keyof T]: (value: unknown) => value is T[K] }

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0
const isText = (value: unknown): value is string => typeof value === 'string'

type Facts = Omit<ShownPrice, 'reducedFromMinor'>

const FACTS: Guards<Facts> = {
  productId: isCount,
  amountMinor: isCount,
  currency: (value): value is string => isText(value) && /^[A-Z]{3}$/.test(value),
  version: isCount,
  versionUpdatedAt: isText,
  productVersion: (value): value is number => value === 0 || isCount(value),
  status: (value): value is Facts['status'] => value === 'active' || value === 'discontinued',
  stockVersion: (value): value is number => value === 0 || isCount(value),
  stock: (value): value is number => value === 0 || isCount(value),
}

/** From an instance or a page that did not say this yet: older than any that does. */
const UNSAID = { productVersion: 0, status: 'active', stockVersion: 0, stock: 0 }

function isFacts<T extends object>(value: T): value is T & Facts {
  return Object.entries(FACTS).every(([field, guard]) => guard(Reflect.get(value, field)))
}

/** @returns undefined for anything that is not a price */
export function readPrice(value: unknown): ShownPrice | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const said = fromWire({ ...UNSAID, reducedFromMinor: undefined, ...value })
  if (!isFacts(said)) return undefined
  const { productId, amountMinor, currency, version, versionUpdatedAt, productVersion, status, stockVersion, stock } =
    said
  const reducedFromMinor: unknown = said.reducedFromMinor
  return {
    productId,
    amountMinor,
    currency,
    version,
    versionUpdatedAt,
    productVersion,
    status,
    stockVersion,
    stock,
    // A reduction that is none is not shown.
    reducedFromMinor: isCount(reducedFromMinor) && reducedFromMinor > amountMinor ? reducedFromMinor : null,
  }
}
