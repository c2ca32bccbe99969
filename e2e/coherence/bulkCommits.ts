/** The commits of a price list and of a sale, as Postgres recorded them. */
import { z } from 'zod'
import type { Versions } from './wholeCommits.ts'

/** Asks Postgres. @returns rows */
export type Ask = (text: string, values: readonly unknown[]) => Promise<readonly unknown[]>

const states = z.array(z.object({ over: z.boolean() }))
const firstVersions = z.array(z.object({ id: z.int(), version: z.int() }))

/** Whether it has been committed or never will be, and the first version that it made of each product. */
const COMMITS = {
  file: [
    `SELECT state NOT IN ('previewed', 'approved', 'applying') AS over FROM bulk_edits WHERE id = $1::uuid`,
    `price_changes c WHERE c.bulk_edit_id = $1::uuid`,
  ],
  // By the sale that a version shows: also what comes after the commit that it should be part of.
  start: [
    `SELECT state <> 'pending' AS over FROM price_schedules WHERE bulk_edit_id = $1::uuid`,
    `price_changes c JOIN price_schedules s ON s.id = c.sale_id WHERE s.bulk_edit_id = $1::uuid`,
  ],
  end: [
    `SELECT state NOT IN ('pending', 'running') AS over FROM price_schedules WHERE bulk_edit_id = $1::uuid`,
    `price_changes c WHERE c.bulk_edit_id = $1::uuid AND c.sale_id IS NULL`,
  ],
} as const

/**
 * @param editId of the bulk edit
 * @param part `start` and `end` are those of a sale
 * @returns undefined until it has been committed; no versions when it changed nothing
 */
export async function commitOf(ask: Ask, editId: string, part: keyof typeof COMMITS): Promise<Versions | undefined> {
  const [isOver, changes] = COMMITS[part]
  const [row] = states.parse(await ask(isOver, [editId]))
  if (!row?.over) return undefined
  const rows = await ask(
    `SELECT c.product_id AS id, min(c.version)::int AS version FROM ${changes} GROUP BY c.product_id`,
    [editId],
  )
  return new Map(firstVersions.parse(rows).map(({ id, version }) => [id, version]))
}
