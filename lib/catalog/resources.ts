/**
 * The manifest of resource kinds: what has a version in this shop, where it is, and how it is kept and shown. Tags,
 * version look-ups, delivery, monitor, purge and edges read it; the database has the same list in the calls of
 * `make_versioned` in its migrations, which a test compares with this one. Runs anywhere, in an edge worker too.
 */
import type { VersionedTable } from '#lib/coherence/index.ts'
import type { VersionedTag } from '#lib/coherence/tags.ts'
import { POLICIES } from './policies.ts'
import { pricePayloadSql, salePayloadSql } from './prices/priceSql.ts'

export interface Resource extends VersionedTable {
  /** The name for people: `price of product 42`. */
  readonly describe: (id: number) => string
  /** Whether the row belongs to one product, of the same id. */
  readonly ofProduct?: true
  /** A page that shows it is never kept by an edge beyond its time, not even while the shop is away. */
  readonly volatile?: true
  /** Addresses of its own pages below a language, as a regular expression without escapes: VCL has it too. */
  readonly pages?: string
}

/** As the database demands it of a slug. */
const SLUG = '[a-z0-9]+(?:-[a-z0-9]+)*'
const LONGEST_SLUG = 200
const WHOLE_SLUG = new RegExp(`^${SLUG}$`)

export const isSlug = (text: string) => text.length <= LONGEST_SLUG && WHOLE_SLUG.test(text)

export const RESOURCES = {
  price: {
    table: 'prices',
    idColumn: 'product_id',
    versionColumn: 'version',
    payload: pricePayloadSql,
    describe: (id) => `price of product ${id}`,
    ofProduct: true,
    volatile: true,
  },
  stock: {
    table: 'stock',
    idColumn: 'product_id',
    versionColumn: 'version',
    payload: (row) => `jsonb_build_object('version', ${row}.version, 'quantity', ${row}.quantity)`,
    describe: (id) => `stock of product ${id}`,
    ofProduct: true,
    volatile: true,
  },
  product: {
    table: 'products',
    idColumn: 'id',
    versionColumn: 'version',
    payload: salePayloadSql,
    describe: (id) => `product ${id}`,
    ofProduct: true,
    pages: `/products/${SLUG}`,
  },
  /** Colours and sizes of one thing: what a page of one shows of the others. */
  group: {
    table: 'product_groups',
    idColumn: 'id',
    versionColumn: 'version',
    describe: (id) => `group ${id} of products`,
  },
  category: {
    table: 'categories',
    idColumn: 'id',
    versionColumn: 'version',
    describe: (id) => `category ${id}`,
    pages: `/categories/${SLUG}(?:/[1-9][0-9]*)?`,
  },
  /** One row: the set of categories, which every page shows. */
  catalog: {
    table: 'catalog_state',
    idColumn: 'id',
    versionColumn: 'version',
    describe: () => 'catalog',
    // The home page, and what the shop says of itself.
    pages: `(?:/info/(?:${POLICIES.join('|')}))?`,
  },
} as const satisfies Record<string, Resource>

export type ResourceKind = keyof typeof RESOURCES

export const CATALOG_ID = 1

export const resources = (): readonly (readonly [ResourceKind, Resource])[] =>
  Object.entries(RESOURCES).map(([kind, resource]) => [kind as ResourceKind, resource])

export const isResourceKind = (kind: string): kind is ResourceKind => Object.hasOwn(RESOURCES, kind)

/** For code that deals with any kind. @returns undefined for a kind that this build does not know */
export function resourceOf(kind: string): Resource | undefined {
  return isResourceKind(kind) ? RESOURCES[kind] : undefined
}

/** Makes the versioned tag of a row that a page or value is made from. */
export function versioned(kind: ResourceKind, id: number, version: number | bigint): VersionedTag {
  return { kind, id, version: Number(version) }
}

/** Carried by every page of a language: a plain tag, for a language has no row and so no version. */
export function localeTag(locale: string): string {
  return `locale:${locale}`
}
