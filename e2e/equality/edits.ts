/** Random edits of a small catalog, as SQL that goes past the application. */
import fc from 'fast-check'
import type { Database } from '../support/database.ts'

/** Statements of one transaction. */
export interface Edit {
  readonly statements: readonly string[]
  /** For the report of a failure. */
  readonly words: string
}

const MAX_AMOUNT = 99_999_999
/** Values that a page must escape in its own way in each place. */
const AWKWARD = [
  '<b>',
  '&amp;',
  '"',
  "'",
  '$',
  '$1',
  '\\',
  '\u2028',
  '\u00a0',
  '100',
  'é',
  '雪',
  '😀',
  '}}',
  '</script>',
  '~s',
]

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`

function update(ids: readonly number[], set: string): string {
  return `UPDATE prices SET ${set} WHERE product_id IN (${ids.join()})`
}

const amount = fc.oneof(
  fc.integer({ min: 1, max: 999 }),
  fc.integer({ min: 1_000, max: 99_999 }),
  fc.integer({ min: 100_000, max: 50_000_000 }),
)
/** Also by so little that no percentage is left to show. */
const above = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 100, max: 49_999_999 }))
const currency = fc.constantFrom('EUR', 'USD', 'JPY', 'CHF', 'KWD', 'KRW')
const days = fc.integer({ min: 1, max: 60 })
const name = fc
  .array(fc.oneof(fc.constantFrom(...AWKWARD), fc.string({ minLength: 1, maxLength: 8 }).map(storable)), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(' ').trim() || 'plain')

/** Postgres stores no NUL. */
function storable(text: string): string {
  return text.replaceAll('\0', '')
}

/** A sale that a schedule has begun and will end: a layer over the base price. */
function scheduled(id: number, cents: number, more: number, endsIn: number): string[] {
  return [
    `WITH edit AS (INSERT INTO bulk_edits (state, selection, rules, reason, created_by) VALUES ('applied', '{}', '{}', 'Sale', 'test') RETURNING id),
     schedule AS (INSERT INTO price_schedules (bulk_edit_id, starts_at, ends_at, time_zone, state, created_by)
       SELECT id, now(), now() + interval '${endsIn} days', 'Europe/Berlin', 'running', 'test' FROM edit RETURNING id)
     INSERT INTO sale_prices SELECT id, ${id}, ${cents}, ${cents + more} FROM schedule`,
  ]
}

function endSales(id: number): string {
  return `DELETE FROM sale_prices WHERE product_id = ${id}`
}

/** Moves the history of the price `by` days into the past: the lowest price of 30 days moves with the next version. */
function aged(id: number, by: number, cents: number): string[] {
  return [
    'SET LOCAL session_replication_role = replica',
    `UPDATE price_changes SET changed_at = changed_at - interval '${by} days' WHERE product_id = ${id}`,
    'SET LOCAL session_replication_role = origin',
    update([id], `amount_cents = ${cents}`) + ` AND (compare_at_cents IS NULL OR compare_at_cents > ${cents})`,
  ]
}

/**
 * @param products that the pages which are looked at show
 * @param categories of these pages
 * @param groups of some of the products: none of them gets more than the first eight
 */
export function edits(
  products: readonly number[],
  categories: readonly number[],
  groups: readonly number[],
): fc.Arbitrary<Edit> {
  const product = fc.constantFrom(...products)
  const some = fc.subarray([...products], { minLength: 2 })
  const edit = (words: string, statements: readonly string[]): Edit => ({ words, statements })
  const ofPrices = fc.oneof(
    fc
      .tuple(product, amount)
      .map(([id, cents]) =>
        edit(`amount of ${id} = ${cents}`, [update([id], `amount_cents = ${cents}, compare_at_cents = NULL`)]),
      ),
    fc
      .tuple(product, amount, above)
      .map(([id, cents, more]) =>
        edit(`${id} is reduced to ${cents}, compared with ${cents + more}`, [
          update([id], `amount_cents = ${cents}, compare_at_cents = ${cents + more}`),
        ]),
      ),
    fc
      .tuple(product, above)
      .map(([id, more]) =>
        edit(`the compare-at price of ${id} is ${more} above the amount`, [
          update([id], `compare_at_cents = LEAST(amount_cents + ${more}, ${MAX_AMOUNT})`),
        ]),
      ),
    product.map((id) => edit(`the compare-at price of ${id} is cleared`, [update([id], 'compare_at_cents = NULL')])),
    fc
      .tuple(product, days, amount)
      .map(([id, by, cents]) =>
        edit(`the history of ${id} is ${by} days older, and its amount ${cents}`, aged(id, by, cents)),
      ),
    fc
      .tuple(some, fc.integer({ min: 50, max: 150 }))
      .map(([ids, percent]) =>
        edit(`${ids.join()} at ${percent} %`, [
          update(
            ids,
            `amount_cents = LEAST(amount_cents::bigint * ${percent} / 100 + 1, ${MAX_AMOUNT - 1}), compare_at_cents = NULL`,
          ),
        ]),
      ),
    fc
      .tuple(some, fc.integer({ min: 1, max: 90 }))
      .map(([ids, off]) =>
        edit(`a sale of ${ids.join()}: ${off} % off`, [
          update(
            ids,
            `compare_at_cents = amount_cents + 1, amount_cents = GREATEST(1, amount_cents::bigint * ${100 - off} / 100)`,
          ),
        ]),
      ),
    fc
      .tuple(product, amount, above, days)
      .map(([id, cents, more, ends]) =>
        edit(`a sale of ${id} at ${cents} that ends in ${ends} days`, scheduled(id, cents, more, ends)),
      ),
    product.map((id) => edit(`the sales of ${id} end`, [endSales(id)])),
    fc
      .tuple(product, amount)
      .map(([id, cents]) =>
        edit(`the base price of ${id} = ${cents}`, [
          update([id], `base_amount_cents = ${cents}, base_compare_at_cents = NULL`),
        ]),
      ),
    fc
      .tuple(product, currency)
      .map(([id, code]) => edit(`${id} in ${code}`, [endSales(id), update([id], `currency = '${code}'`)])),
  )
  const ofStock = fc.oneof(
    fc
      .tuple(product, fc.oneof(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 2_000_000_000 })))
      .map(([id, quantity]) =>
        edit(`${quantity} of ${id} in stock`, [`UPDATE stock SET quantity = ${quantity} WHERE product_id = ${id}`]),
      ),
    some.map((ids) =>
      edit(`an order of ${ids.join()}`, [
        `UPDATE stock SET quantity = quantity - 1 WHERE quantity > 0 AND product_id IN (${ids.join()})`,
      ]),
    ),
  )
  // After these the page is rendered again on both sides.
  const ofOthers = fc.oneof(
    fc
      .tuple(product, name)
      .map(([id, text]) =>
        edit(`${id} is named ${JSON.stringify(text)}`, [`UPDATE products SET name = ${quoted(text)} WHERE id = ${id}`]),
      ),
    fc
      .tuple(fc.constantFrom(...categories), name)
      .map(([id, text]) =>
        edit(`category ${id} is named ${JSON.stringify(text)}`, [
          `UPDATE categories SET names = names || jsonb_build_object('en', ${quoted(text)}) WHERE id = ${id}`,
        ]),
      ),
    fc
      .tuple(fc.constantFrom(...products.slice(0, 8)), fc.constantFrom(null, ...groups))
      .map(([id, group]) =>
        edit(`${id} belongs to ${group ?? 'no'} group`, [`UPDATE products SET group_id = ${group} WHERE id = ${id}`]),
      ),
    fc
      .tuple(fc.constantFrom(...groups), name)
      .map(([id, text]) =>
        edit(`group ${id} is named ${JSON.stringify(text)}`, [
          `UPDATE product_groups SET name = ${quoted(text)} WHERE id = ${id}`,
        ]),
      ),
    fc
      .tuple(product, fc.constantFrom('active', 'discontinued'))
      .map(([id, status]) => edit(`${id} is ${status}`, [`UPDATE products SET status = '${status}' WHERE id = ${id}`])),
  )
  return fc.oneof(
    { weight: 4, arbitrary: ofPrices },
    { weight: 2, arbitrary: ofStock },
    { weight: 2, arbitrary: ofOthers },
  )
}

/** Each edit in a transaction of its own. */
export async function apply(database: Database, sequence: readonly Edit[]): Promise<void> {
  for (const { statements } of sequence) await database.sql(['BEGIN', ...statements, 'COMMIT'].join(';\n'))
}
