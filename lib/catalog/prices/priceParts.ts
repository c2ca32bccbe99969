/** The parts of what is followed of a product: each belongs to a version of a row of its own kind. */
import { tag } from '#lib/coherence/tags.ts'
import type { ProductPrice } from '#lib/money/price.ts'

/** By resource kind the field that says its version. */
const PARTS = { price: 'version', product: 'productVersion', stock: 'stockVersion' } as const

type PartKind = keyof typeof PARTS
export type PartVersions = Readonly<Pick<ProductPrice, (typeof PARTS)[PartKind]>>

export function isPartKind(kind: string | undefined): kind is PartKind {
  return kind !== undefined && Object.hasOwn(PARTS, kind)
}

const kinds = Object.keys(PARTS).filter(isPartKind)

function versionsFrom(versionOf: (kind: PartKind) => number): PartVersions {
  return { version: versionOf('price'), productVersion: versionOf('product'), stockVersion: versionOf('stock') }
}

export function partTags(productId: number): string[] {
  return kinds.map((kind) => tag(kind, productId))
}

/** Takes the newer version of each part. */
export function newestVersions(one: PartVersions, other: PartVersions): PartVersions {
  return versionsFrom((kind) => Math.max(one[PARTS[kind]], other[PARTS[kind]]))
}

/** Whether a part of `one` is newer. */
export function isAhead(one: PartVersions, of: PartVersions): boolean {
  return kinds.some((kind) => one[PARTS[kind]] > of[PARTS[kind]])
}
