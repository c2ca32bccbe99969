/**
 * The index of a process: read from Postgres once, and as current as Postgres at each search. The search asks the outbox what was
 * committed since the last one, and reads those products again; versions say what it has already. So a search that begins after a
 * commit finds what the commit made, and nothing has to be delivered to anyone.
 */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { isFreshnessError, serialBatch, type VersionSource } from '#lib/coherence/index.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import type { Db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { logger } from '#lib/platform/logger.ts'
import { LOCALES, type Locale } from '#lib/platform/locales.ts'
import { BASE_CHANGED_AT } from '../../prices/baseChange.ts'
import { LOWEST_AMOUNT } from '../../prices/lowestPrice.ts'
import { reductionOf } from '../../prices/priceReduction.ts'
import { colourWordsIn, synonymsIn } from '../synonyms.ts'
import { wordsOf, type Word } from '../words.ts'
import type { Facts, IndexedProduct } from './products.ts'
import { SearchIndex } from './searchIndex.ts'
import { Stems } from './stems.ts'

interface FactsRow extends Omit<Facts, 'onSale' | 'compared'> {
  readonly compareAtMinor: number | null
  readonly lowestMinor: number | null
}

interface Row extends Omit<IndexedProduct, keyof Facts | 'names'>, Omit<FactsRow, 'amountMinor'> {
  /** Null: it has no price yet, and no list shows it. */
  readonly amountMinor: number | null
  readonly names: unknown
}

/** Products in one statement. */
const PART = 250
/** Products that are worked on in one turn of the event loop: a page that comes while a million are loaded waits for 2 ms, not for 25. */
const TURN = 25
/** The same for products of which only the price or the stock is read. */
const FACTS_PART = 1_000

const textsIn = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(typeof value === 'object' && value !== null ? value : {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  )

function factsOf({ amountMinor, compareAtMinor, lowestMinor, ...facts }: FactsRow): Facts {
  const { reducedFromMinor } = reductionOf({ amountMinor, compareAtMinor, lowestMinor }, env().PRICE_REDUCTION_RULE)
  return { ...facts, amountMinor, compared: compareAtMinor !== null, onSale: reducedFromMinor !== null }
}

function productOf({ names, amountMinor, ...row }: Row): IndexedProduct[] {
  if (amountMinor === null) return []
  return [{ ...row, ...factsOf({ ...row, amountMinor }), names: textsIn(names) }]
}

const FACTS = Prisma.sql`
  pr.amount_cents AS "amountMinor", pr.compare_at_cents AS "compareAtMinor", pr.version::float8 AS "priceVersion",
  CASE WHEN pr.compare_at_cents IS NOT NULL THEN ${LOWEST_AMOUNT} END AS "lowestMinor",
  pr.base_amount_cents AS "baseAmountMinor",
  (EXTRACT(EPOCH FROM CASE WHEN pr.base_version = pr.version THEN pr.version_updated_at ELSE ${BASE_CHANGED_AT} END) * 1000)::float8 AS "baseChangedAt",
  COALESCE(s.quantity > 0, false) AS "inStock", COALESCE(s.version, 0)::float8 AS "stockVersion"`

/** Reads the facts of products whose names and categories are known: after a sale of 40,000 prices a fifth of the work. */
const factsWhere = (ids: readonly number[]) => Prisma.sql`
  SELECT pr.product_id AS id, ${FACTS} FROM prices pr LEFT JOIN stock s ON s.product_id = pr.product_id
  WHERE pr.product_id = ANY(${[...ids]}::int[])`

/**
 * The part is cut before anything is joined: else Postgres reads whole tables for each of a thousand parts.
 * @param condition on `products p`
 */
const rowsWhere = (condition: Prisma.Sql) => Prisma.sql`
  SELECT p.id, p.version::float8 AS version, p.status = 'active' AS active, p.rank, p.name, p.names, p.brand, p.colour, p.group_id AS "groupId",
    ARRAY(SELECT pc.category_id FROM product_categories pc JOIN categories c ON c.id = pc.category_id
      WHERE pc.product_id = p.id AND c.kind = 'category' ORDER BY 1) AS categories,
    ${FACTS}
  FROM (SELECT * FROM products p WHERE ${condition} ORDER BY p.id LIMIT ${PART}) p
  LEFT JOIN LATERAL (SELECT * FROM prices WHERE product_id = p.id LIMIT 1) pr ON true
  LEFT JOIN LATERAL (SELECT * FROM stock WHERE product_id = p.id LIMIT 1) s ON true
  ORDER BY p.id`

async function inTurns<T>(items: readonly T[], work: (item: T, i: number) => void): Promise<void> {
  for (const [i, item] of items.entries()) {
    if (i % TURN === 0) await turnOfTheLoop()
    work(item, i)
  }
}

export class LoadedIndex {
  readonly #db: Db
  readonly #source: VersionSource
  readonly #stems: Stems
  #loaded: Promise<{ index: SearchIndex }> | undefined
  #isLoaded = false
  /** Everything before it is in the index. */
  #position = ''
  /** Changes that are not in the index yet are read again for all searches that wait. */
  readonly #caughtUp = serialBatch(() => this.#catchUp())

  constructor(db: Db, source: VersionSource) {
    this.#db = db
    this.#source = source
    this.#stems = new Stems(db)
  }

  /** False for the minutes in which a large catalog is read. */
  get isLoaded(): boolean {
    return this.#isLoaded
  }

  /**
   * The index with all that was committed before the call.
   * @param text of a query whose words will be looked for
   * @param locales in which they will be
   */
  async current(text: string, locales: readonly Locale[]): Promise<SearchIndex> {
    const [index] = await Promise.all([
      this.#caughtUp([true]),
      this.#stems.learn(wordsOf(text).flatMap((word) => locales.map((locale) => [locale, word] as const))),
    ])
    return index
  }

  async #catchUp(): Promise<SearchIndex> {
    this.#loaded ??= this.#load()
    const loading = this.#loaded
    loading.catch(() => {
      if (this.#loaded === loading) this.#loaded = undefined
    })
    const { index } = await loading
    const position = await this.#source.position()
    if (position.split(' ')[0] !== this.#position.split(' ')[0]) {
      // Another database, such as one that was restored.
      return this.#loadAnew()
    }
    const changed = new Set<number>()
    const repriced = new Set<number>()
    let categoriesChanged = false
    try {
      for await (const part of this.#source.changesSince(this.#position)) {
        for (const { kind, id, version } of part) {
          if (kind === 'category' || kind === 'catalog') categoriesChanged = true
          // The version of a product says which group it is in.
          else if (kind === 'group') continue
          else if (index.products.has(kind, id, version)) continue
          else if ((kind === 'price' || kind === 'stock') && index.products.rowOf(id) !== undefined) repriced.add(id)
          else changed.add(id)
        }
      }
    } catch (error) {
      // No search for as long as the outbox is kept.
      if (isFreshnessError(error) && error.code === 'LOG_FORGOTTEN') return this.#loadAnew()
      throw error
    }
    if (categoriesChanged) await this.#readCategories(index)
    const ids = [...changed]
    for (let i = 0; i < ids.length; i += PART)
      await this.#take(index, Prisma.sql`p.id = ANY(${ids.slice(i, i + PART)}::int[])`)
    await this.#takeFacts(
      index,
      [...repriced].filter((id) => !changed.has(id)),
    )
    this.#position = position
    return index
  }

  async #loadAnew(): Promise<SearchIndex> {
    this.#loaded = this.#load()
    return (await this.#loaded).index
  }

  async #load(): Promise<{ index: SearchIndex }> {
    const began = performance.now()
    this.#isLoaded = false
    const index = new SearchIndex((locale) => this.#stems.of(locale))
    // First: what changes while products are read is read again.
    const position = await this.#source.position()
    await this.#readCategories(index)
    await this.#stems.learn(
      LOCALES.flatMap((locale) =>
        [...synonymsIn(locale)]
          .flatMap(([word, others]) => [word, ...others])
          .concat(colourWordsIn(locale))
          .flatMap((word) => wordsOf(word).map((own): [Locale, Word] => [locale, own])),
      ),
    )
    for (let after = 0; ;) {
      const last = await this.#take(index, Prisma.sql`p.id > ${after}`)
      if (last === undefined) break
      after = last
    }
    this.#position = position
    this.#isLoaded = true
    logger('search').info(
      { products: index.products.length, bytes: index.bytes, ms: Math.round(performance.now() - began) },
      'the search index is loaded',
    )
    return { index }
  }

  async #readCategories(index: SearchIndex): Promise<void> {
    const rows = await this.#db.category.findMany({ where: { kind: 'category' }, select: { id: true, names: true } })
    const categories = rows.map(({ id, names }) => ({ id, names: textsIn(names) }))
    await this.#stems.learn(
      categories.flatMap(({ names }) =>
        LOCALES.flatMap((locale) =>
          wordsOf(names[locale] ?? names['en'] ?? '').map((word): [Locale, Word] => [locale, word]),
        ),
      ),
    )
    index.setCategories(categories)
  }

  async #takeFacts({ products }: SearchIndex, ids: readonly number[]): Promise<void> {
    for (let i = 0; i < ids.length; i += FACTS_PART) {
      const rows = await this.#db.$queryRaw<(FactsRow & { readonly id: number })[]>(
        factsWhere(ids.slice(i, i + FACTS_PART)),
      )
      for (const row of rows) {
        const at = products.rowOf(row.id)
        if (at !== undefined) products.setFacts(at, factsOf(row))
      }
    }
  }

  /** @returns the id of the last product; undefined when there was none */
  async #take(index: SearchIndex, condition: Prisma.Sql): Promise<number | undefined> {
    const rows = await this.#db.$queryRaw<Row[]>(rowsWhere(condition))
    const { products } = index
    const read = rows.flatMap(productOf)
    const added: (ReturnType<typeof SearchIndex.wordsOf> | undefined)[] = []
    await inTurns(read, (product) => {
      const isThere = products.has('product', product.id, product.version)
      added.push(isThere ? undefined : SearchIndex.wordsOf(product))
    })
    const words = function* (): Generator<readonly [Locale, Word]> {
      for (const byLocale of added)
        for (const [locale, own] of byLocale ?? []) for (const word of own) yield [locale, word]
    }
    await this.#stems.learn(words())
    await inTurns(read, (product, i) => {
      const row = products.rowOf(product.id)
      const own = added[i]
      if (own) index.add(product, own)
      else if (row !== undefined) products.setFacts(row, product)
    })
    products.putInOrder()
    return rows.at(-1)?.id
  }
}
