/**
 * The shapes of the catalog's answers. Every query builds its answer as one JSON value in one statement, so that all of
 * it is one snapshot: an amount always has the version that was committed with it. The shape is checked here.
 */
import { z } from 'zod'
import type { VersionedTag } from '#lib/coherence/tags.ts'
import { versioned } from './resources.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { productPrice, saleStatus, type ShownPrice, version } from '#lib/money/price.ts'
import { env } from '#lib/platform/env.ts'
import { LOWEST_AMOUNT } from './prices/lowestPrice.ts'
import { reductionOf } from './prices/priceReduction.ts'
import { validUntilSql } from './prices/priceSql.ts'

const id = z.number().int().positive()
const names = z.record(z.string(), z.string())

/** A price as pages show it, from the facts of its row and its history. */
const shownPrice = productPrice.transform(({ compareAtMinor, lowestMinor, ...price }): ShownPrice => ({
  ...price,
  reducedFromMinor: reductionOf(
    { amountMinor: price.amountMinor, compareAtMinor, lowestMinor },
    env().PRICE_REDUCTION_RULE,
  ).reducedFromMinor,
}))

export const productCard = z.object({
  id,
  slug: z.string(),
  /** In English; productTexts.ts has it in the visitor's language. */
  name: z.string(),
  names,
  brand: z.string(),
  image: z.string(),
  status: saleStatus,
  version,
  price: shownPrice,
})

/** A product of a group beside the others: only what is sold. */
const member = z.object({ id, colour: z.string().nullable(), price: shownPrice })

/** As lists show it: one card for all that are sold of a group. */
export const listedCard = productCard.extend({
  group: z.object({ id, version, members: z.array(member) }).nullable(),
})

const variant = member.extend({
  slug: z.string(),
  sku: z.string(),
  name: z.string(),
  names,
  image: z.string(),
  size: z.string().nullable(),
  /** When the sale that is shown ends (ISO 8601); null where none is. */
  priceValidUntil: z.string().nullable(),
})

const categoryRef = z.object({ id, slug: z.string(), names, parentId: id.nullable() })

export const product = productCard.extend({
  sku: z.string(),
  description: z.string(),
  descriptions: names,
  /** From the top of the tree to the leaf. */
  categories: z.array(categoryRef),
  /** When the sale that is shown ends (ISO 8601); null where none is. */
  priceValidUntil: z.string().nullable(),
  colour: z.string().nullable(),
  size: z.string().nullable(),
  /** With the product itself, where it is sold. */
  group: z.object({ id, version, name: z.string(), names, members: z.array(variant) }).nullable(),
  related: z.array(listedCard),
})

export const productList = z.object({
  category: categoryRef.extend({ version }),
  products: z.array(listedCard),
})

export const categoryTotal = z.object({ id, version, total: z.number().int().nonnegative() })

const categoryTile = categoryRef.extend({ version, cover: productCard.nullable() })

/** The whole set stands in it, so it also depends on the version of the catalog, which grows with the tree. */
export const categoryTiles = z.object({
  catalogVersion: version,
  /** Collections whose members lend no tile their picture. */
  collections: z.array(z.object({ id, version })),
  tiles: z.array(categoryTile),
})

export const navigation = z.object({ catalogVersion: version, categories: z.array(categoryRef) })

export type ProductCard = z.infer<typeof productCard>
export type ListedCard = z.infer<typeof listedCard>
export type Variant = z.infer<typeof variant>
export type Product = z.infer<typeof product>
export type CategoryRef = z.infer<typeof categoryRef>
export type ProductList = z.infer<typeof productList>
export type CategoryTotal = z.infer<typeof categoryTotal>
export type CategoryTile = z.infer<typeof categoryTile>
export type CategoryTiles = z.infer<typeof categoryTiles>
export type Navigation = z.infer<typeof navigation>

/** The data of a card: the product, its price and its stock. */
export function cardVersions({ id, version, price }: Pick<ProductCard, 'id' | 'version' | 'price'>): VersionedTag[] {
  return [
    versioned('product', id, version),
    versioned('price', id, price.version),
    versioned('stock', id, price.stockVersion),
  ]
}

/** The versions of a group, which grows with what is shown of its products, and of the price and the stock of each that is sold. */
export function groupVersions(group: ListedCard['group']): VersionedTag[] {
  if (!group) return []
  return [
    versioned('group', group.id, group.version),
    ...group.members.flatMap(({ id, price }) => [
      versioned('price', id, price.version),
      versioned('stock', id, price.stockVersion),
    ]),
  ]
}

/** The fields of a price, all but its stock, from rows named `p` (products) and `pr` (prices). Times are ISO 8601 in UTC. */
export const PRICE_FIELDS = Prisma.sql`'productId', pr.product_id, 'amountMinor', pr.amount_cents, 'compareAtMinor', pr.compare_at_cents,
  'lowestMinor', ${LOWEST_AMOUNT}, 'currency', pr.currency, 'version', pr.version,
  'versionUpdatedAt', to_char(pr.version_updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  'productVersion', p.version, 'status', p.status`

/** The fields of its stock, from rows named `s` (stock). */
export const STOCK_FIELDS = Prisma.sql`'stock', s.quantity, 'stockVersion', s.version`

/** The JSON of a price, from rows named `p` (products) and `pr` (prices). */
export const PRICE_JSON = Prisma.sql`jsonb_build_object(${PRICE_FIELDS})
  || (SELECT jsonb_build_object(${STOCK_FIELDS}) FROM stock s WHERE s.product_id = p.id)`

/** When the sale of the row `pr` ends. */
export const PRICE_VALID_UNTIL = Prisma.raw(validUntilSql('pr'))

/** The fields of a card, all but its texts and its price, from rows named `p` (products). */
export const CARD_FIELDS = Prisma.sql`'id', p.id, 'slug', p.slug, 'brand', p.brand, 'image', p.image, 'status', p.status, 'version', p.version`

/** The JSON of a card, from rows named `p` (products) and `pr` (prices). */
export const CARD_JSON = Prisma.sql`jsonb_build_object(
  ${CARD_FIELDS}, 'name', p.name, 'names', p.names, 'price', ${PRICE_JSON})`

/** The products of a group that are sold. @param fields of the group `g` and @param memberFields of a member, each with a comma before it */
const groupJson = (fields: Prisma.Sql, memberFields: Prisma.Sql) => Prisma.sql`jsonb_build_object('group', (
  SELECT jsonb_build_object('id', g.id, 'version', g.version ${fields}, 'members', (
    SELECT COALESCE(jsonb_agg(jsonb_build_object('id', p.id, 'colour', p.colour, 'price', ${PRICE_JSON} ${memberFields}) ORDER BY p.rank, p.id), '[]')
    FROM products p JOIN prices pr ON pr.product_id = p.id WHERE p.group_id = g.id AND p.status = 'active'))
  FROM product_groups g WHERE g.id = p.group_id))`

/** The JSON of a card in a list, from the same rows. */
export const LISTED_CARD_JSON = Prisma.sql`(${CARD_JSON} || ${groupJson(Prisma.empty, Prisma.empty)})`

/** The group of a product as its own page shows it, from the same rows. */
export const VARIANTS_JSON = groupJson(
  Prisma.sql`, 'name', g.name, 'names', g.names`,
  Prisma.sql`, 'slug', p.slug, 'sku', p.sku, 'name', p.name, 'names', p.names, 'image', p.image, 'size', p.size,
    'priceValidUntil', ${PRICE_VALID_UNTIL}`,
)

/** The JSON of a category, from rows named `c`. */
export const CATEGORY_JSON = Prisma.sql`jsonb_build_object(
  'id', c.id, 'slug', c.slug, 'names', c.names, 'parentId', c.parent_id)`
