import type { z } from 'zod'
import { writeAudit } from '#lib/audit/writeAudit.ts'
import { type BulkLimits, bulkLimitsOf } from '#lib/access/permissions.ts'
import { assertMay, type Principal } from '#lib/access/principal.ts'
import type { Prisma } from '#lib/generated/prisma/client.ts'
import { countedByPlanner, type FrozenRow, freezeRows } from './frozenRows.ts'
import { bulkEdit, editId, previewRowsOf } from '../bulkEdits.ts'
import type { BulkEditView, Draft, draft as draftSchema, PreviewRow, PreviewSummary } from '../contract.ts'
import { BulkEditNotFoundError, BulkEditRefusedError, BulkEditStateError } from '../errors.ts'
import { inSnapshot, previewedRows } from './previewRows.ts'
import { readDraft } from './readDraft.ts'
import { SummaryCount } from './summary.ts'

export type DraftInput = z.input<typeof draftSchema>
export type DraftSource = 'editor' | 'api' | 'csv'

type Transaction = Prisma.TransactionClient

async function summarised(
  rows: AsyncIterable<FrozenRow[]>,
  limits: BulkLimits,
  use: (chunk: FrozenRow[]) => Promise<void>,
): Promise<PreviewSummary> {
  const count = new SummaryCount()
  for await (const chunk of rows) {
    for (const row of chunk) count.add(row)
    await use(chunk)
  }
  const summary = count.summary(limits)
  if (summary.rows === 0) throw new BulkEditRefusedError([{ field: 'selection', message: 'No product is selected.' }])
  return summary
}

async function freeze(
  tx: Transaction,
  id: string,
  draft: Draft,
  principal: Principal,
  action: 'bulk.create' | 'bulk.change',
): Promise<number> {
  const limits = bulkLimitsOf(principal.role)
  const summary = await summarised(previewedRows(tx, draft, limits), limits, (chunk) => freezeRows(tx, id, chunk))
  await tx.$executeRaw`UPDATE bulk_edits SET summary = ${JSON.stringify(summary)}::jsonb WHERE id = ${id}::uuid`
  const { rows, changed, refused } = summary
  await writeAudit(tx, principal, {
    action,
    target: `bulk_edit:${id}`,
    reason: draft.reason,
    detail: { rows, changed, refused },
  })
  return rows
}

/**
 * Stores a draft as an edit, frozen to rows: an approval applies these, also when the catalog has changed by then. No
 * price changes. A row that would not change is `skipped`, one that has no valid price is `refused`; the others go on.
 * @throws {BulkEditRefusedError} naming what is wrong, or that nothing is selected; nothing was written
 * @throws {MissingPermissionError} without `bulk:write`
 */
export async function createBulkEdit(
  principal: Principal,
  sent: DraftInput,
  source: DraftSource,
): Promise<BulkEditView> {
  assertMay(principal, 'bulk:write')
  const draft = readDraft(sent)
  const { id, rows } = await inSnapshot(async (tx) => {
    const [edit] = await tx.$queryRaw<{ id: string }[]>`
      INSERT INTO bulk_edits (source, selection, rules, cells, reason, created_by, created_at, previewed_at)
      VALUES (${source}, ${JSON.stringify(draft.selection)}::jsonb, ${JSON.stringify(draft.rules)}::jsonb,
              ${JSON.stringify(draft.cells)}::jsonb, ${draft.reason}, ${principal.actor}, clock_timestamp(), clock_timestamp())
      RETURNING id`
    if (!edit) throw new Error('The database stored no edit.')
    return { id: edit.id, rows: await freeze(tx, edit.id, draft, principal, 'bulk.create') }
  })
  await countedByPlanner(rows)
  return bulkEdit(principal, id)
}

/** @throws {BulkEditStateError} when it is approved already, is scheduled, or follows from another edit */
async function lockPreviewed(tx: Transaction, id: string): Promise<void> {
  const [edit] = await tx.$queryRaw<{ state: string; kind: string; scheduled: boolean }[]>`
    SELECT e.state::text AS state, e.kind::text AS kind,
           EXISTS (SELECT FROM price_schedules s WHERE s.bulk_edit_id = e.id AND s.state IN ('pending', 'running')) AS scheduled
    FROM bulk_edits e WHERE e.id = ${id}::uuid FOR UPDATE OF e`
  if (!edit) throw new BulkEditNotFoundError(id)
  if (edit.state !== 'previewed')
    throw new BulkEditStateError(
      edit.state,
      `This edit is ${edit.state}: it cannot be changed any more. Make a new one.`,
    )
  if (edit.scheduled)
    throw new BulkEditStateError(edit.state, 'This edit is scheduled. Cancel the schedule before you change it.')
  if (edit.kind !== 'edit')
    throw new BulkEditStateError(
      edit.state,
      'Its rows follow from another edit: they cannot be changed, only approved or left.',
    )
}

/**
 * Puts another draft in the place of the one that an edit was previewed with, and freezes it anew.
 * @throws {BulkEditStateError} once it is approved or scheduled; the old preview stays
 * @throws {BulkEditNotFoundError} when there is none under this id
 */
export async function rePreviewBulkEdit(principal: Principal, id: string, sent: DraftInput): Promise<BulkEditView> {
  assertMay(principal, 'bulk:write')
  const uuid = editId(id)
  const draft = readDraft(sent)
  const rows = await inSnapshot(
    async (tx) => {
      await lockPreviewed(tx, uuid)
      await tx.$executeRaw`DELETE FROM bulk_edit_rows WHERE bulk_edit_id = ${uuid}::uuid`
      await tx.$executeRaw`
      UPDATE bulk_edits SET selection = ${JSON.stringify(draft.selection)}::jsonb, rules = ${JSON.stringify(draft.rules)}::jsonb,
        cells = ${JSON.stringify(draft.cells)}::jsonb, reason = ${draft.reason}, previewed_at = clock_timestamp() WHERE id = ${uuid}::uuid`
      return freeze(tx, uuid, draft, principal, 'bulk.change')
    },
    () => new BulkEditStateError('previewed', 'Someone else changed or approved this edit just now. Load it again.'),
  )
  await countedByPlanner(rows)
  return bulkEdit(principal, uuid)
}

/** Rows that a dry run shows. */
const DRY_RUN_ROWS = 100

/**
 * Computes a preview and stores nothing.
 * @throws {BulkEditRefusedError} as createBulkEdit
 */
export async function dryRun(
  principal: Principal,
  sent: DraftInput,
): Promise<{ summary: PreviewSummary; rows: PreviewRow[] }> {
  assertMay(principal, 'bulk:write')
  const draft = readDraft(sent)
  const limits = bulkLimitsOf(principal.role)
  return inSnapshot(async (tx) => {
    const shown: FrozenRow[] = []
    const summary = await summarised(previewedRows(tx, draft, limits), limits, async (chunk) => {
      shown.push(...chunk.slice(0, DRY_RUN_ROWS - shown.length))
    })
    return { summary, rows: await previewRowsOf(tx, shown) }
  })
}
