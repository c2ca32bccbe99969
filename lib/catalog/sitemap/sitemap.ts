/** Reads the sitemaps from Postgres: only what can be bought, and when it last changed. */
import { z } from 'zod'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { isFreshnessError, serialBatch } from '#lib/coherence/index.ts'
import { db } from '#lib/platform/db.ts'
import { versionSource } from '../coherence.ts'
import { PRODUCTS_PER_PAGE } from '../pagination.ts'
import { readValue } from '../queries.ts'

/** Seven languages make 7,000 addresses and about 7 MB of it: the protocol allows 50,000 and 50 MB. */
const PRODUCTS_PER_SITEMAP = 1_000

/** There is one thing to ask for. */
const ALL = 'all'

const utc = (time: Prisma.Sql) => Prisma.sql`to_char(${time} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
const CHANGED = utc(Prisma.sql`max(GREATEST(p.updated_at, pr.version_updated_at))`)

/** An address in the shop, by its slug, and when what it shows last changed (ISO 8601); null when that is unknown. */
const place = z.object({ slug: z.string(), changedAt: z.string().nullable() })
export type SitemapPlace = z.infer<typeof place>

const parts = z.array(z.object({ part: z.number(), changedAt: z.string() }))
export type SitemapPart = z.infer<typeof parts>[number]

/** Parts in one statement: 0.2 s of Postgres. */
const PARTS_AT_ONCE = 100

/** When the newest change of each part was; those that list nothing are not there. */
async function readTimes(asked: readonly number[]): Promise<readonly SitemapPart[]> {
  const found: SitemapPart[] = []
  for (let i = 0; i < asked.length; i += PARTS_AT_ONCE)
    found.push(
      ...parts.parse(
        await readValue(Prisma.sql`
          SELECT COALESCE(jsonb_agg(jsonb_build_object('part', part, 'changedAt', newest.changed)), '[]') AS value
          FROM unnest(${asked.slice(i, i + PARTS_AT_ONCE)}::int[]) AS part, LATERAL (
            SELECT ${CHANGED} AS changed FROM products p JOIN prices pr ON pr.product_id = p.id
            WHERE p.status = 'active' AND p.id BETWEEN (part - 1) * ${PRODUCTS_PER_SITEMAP} + 1 AND part * ${PRODUCTS_PER_SITEMAP}
              AND pr.product_id BETWEEN (part - 1) * ${PRODUCTS_PER_SITEMAP} + 1 AND part * ${PRODUCTS_PER_SITEMAP}) newest
          WHERE newest.changed IS NOT NULL`),
      ),
    )
  return found
}

async function allParts(): Promise<number[]> {
  const { _max: highest } = await db().product.aggregate({ _max: { id: true } })
  return Array.from({ length: Math.ceil((highest.id ?? 0) / PRODUCTS_PER_SITEMAP) }, (_, i) => i + 1)
}

/** All parts as they were when everything before the position had been committed. */
let known: { readonly position: string; readonly times: ReadonlyMap<number, string> } | undefined

/** The outbox says what has changed. @returns undefined where it does not reach back so far */
async function partsChangedSince(position: string): Promise<number[] | undefined> {
  const changed = new Set<number>()
  try {
    for await (const tags of versionSource().changesSince(position))
      for (const { kind, id } of tags)
        if (kind === 'product' || kind === 'price') changed.add(Math.ceil(id / PRODUCTS_PER_SITEMAP))
  } catch (error) {
    if (isFreshnessError(error) && error.code === 'LOG_FORGOTTEN') return undefined
    throw error
  }
  return [...changed]
}

/**
 * A part holds the products of a range of ids, so that a product keeps its part for ever. A process reads all of them once, and then
 * those that have changed: with a million products that pass takes more than a second. Requests that come while one reads share the
 * next one.
 */
const readParts = serialBatch(async () => {
  // First: what changes while parts are read is read again.
  const position = await versionSource().position()
  const isSame = known?.position.split(' ')[0] === position.split(' ')[0]
  const changed = known && isSame ? await partsChangedSince(known.position) : undefined
  const asked = changed ?? (await allParts())
  const times = new Map(changed && known ? known.times : [])
  for (const part of asked) times.delete(part)
  for (const { part, changedAt } of await readTimes(asked)) times.set(part, changedAt)
  known = { position, times }
  return [...times].map(([part, changedAt]) => ({ part, changedAt })).toSorted((a, b) => a.part - b.part)
})

/** @returns the parts that list anything, in order, with the time of the last change of what they list */
export function sitemapParts(): Promise<readonly SitemapPart[]> {
  return readParts([ALL])
}

/** @param part from 1 @returns the products of the part; empty when there are none */
export async function sitemapProducts(part: number): Promise<readonly SitemapPlace[]> {
  const first = (part - 1) * PRODUCTS_PER_SITEMAP + 1
  return z.array(place).parse(
    await readValue(Prisma.sql`
    SELECT COALESCE(jsonb_agg(jsonb_build_object('slug', slug, 'changedAt', changed) ORDER BY id), '[]') AS value FROM (
      SELECT p.id, p.slug, ${CHANGED} AS changed FROM products p JOIN prices pr ON pr.product_id = p.id
      WHERE p.status = 'active' AND p.id BETWEEN ${first} AND ${first + PRODUCTS_PER_SITEMAP - 1}
        AND pr.product_id BETWEEN ${first} AND ${first + PRODUCTS_PER_SITEMAP - 1} GROUP BY p.id) found`),
  )
}

/** The address of a category is its first page: what stands there, and the list itself. */
const readCategories = serialBatch(async () =>
  z.array(place).parse(
    await readValue(Prisma.sql`
    SELECT COALESCE(jsonb_agg(jsonb_build_object('slug', c.slug, 'changedAt', ${utc(Prisma.sql`GREATEST(c.updated_at, shown.changed)`)}) ORDER BY c.id), '[]') AS value
    FROM categories c LEFT JOIN LATERAL (
      SELECT max(GREATEST(p.updated_at, pr.version_updated_at)) AS changed FROM (
        SELECT l.product_id FROM category_cards l WHERE l.category_id = c.id ORDER BY l.rank, l.product_id LIMIT ${PRODUCTS_PER_PAGE}) first
      JOIN products p ON p.id = first.product_id JOIN prices pr ON pr.product_id = p.id) shown ON true
    WHERE c.kind = 'category'`),
  ),
)

/** A product that left changes a list as much as one that came: both raise the version of the category. */
export function sitemapCategories(): Promise<readonly SitemapPlace[]> {
  return readCategories([ALL])
}
