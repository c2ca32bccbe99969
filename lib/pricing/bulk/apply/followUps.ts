/** Edits that follow from another one: its reverse, and a second try of its conflicts. Each is previewed like any edit. */
import { writeAudit } from '#lib/audit/writeAudit.ts'
import { bulkLimitsOf } from '#lib/access/permissions.ts'
import { assertMay, type Principal } from '#lib/access/principal.ts'
import type { Prisma } from '#lib/generated/prisma/client.ts'
import { bulkEdit, editId } from '../bulkEdits.ts'
import type { BulkEditView, Cell } from '../contract.ts'
import { BulkEditNotFoundError, BulkEditStateError, refuseForgotten } from '../errors.ts'
import { countedByPlanner, type FrozenRow, freezeRows, frozenRow } from '../preview/frozenRows.ts'
import { currentPrices, inSnapshot } from '../preview/previewRows.ts'
import { rowsOf } from './storedRows.ts'
import { SummaryCount } from '../preview/summary.ts'

type Transaction = Prisma.TransactionClient

/** The edit that another one follows from. */
export interface Origin {
  readonly id: string
  readonly state: string
  readonly kind: string
  readonly reason: string
  readonly rules: unknown
  readonly cells: unknown
  readonly rowsForgotten: boolean
}

interface FollowUp {
  readonly kind: 'undo' | 'retry'
  readonly source: string
  readonly reason: string
  readonly createdBy: string
  readonly limits: { readonly rows: number; readonly percent: number }
  readonly rules?: unknown
  readonly cells?: readonly Cell[]
}

const SALE_THAT: Readonly<Record<string, string>> = {
  running: 'This edit is a sale that runs: end it now on its schedule, and its prices go with it.',
  done: 'This edit was a sale that has ended: its prices went with it.',
}
const PLANNED_AS_SALE = 'This edit was planned as a sale, which changes no base price: there is nothing to undo.'

/** @throws {BulkEditStateError} while it has not ended, and when its rows are no longer kept */
export async function lockOrigin(tx: Transaction, id: string): Promise<Origin> {
  const [origin] = await tx.$queryRaw<Origin[]>`
    SELECT id, state::text AS state, kind::text AS kind, reason, rules, cells, rows_forgotten_at IS NOT NULL AS "rowsForgotten" FROM bulk_edits WHERE id = ${id}::uuid FOR NO KEY UPDATE`
  if (!origin) throw new BulkEditNotFoundError(id)
  if (!['applied', 'cancelled', 'failed'].includes(origin.state))
    throw new BulkEditStateError(origin.state, `This edit is ${origin.state}: wait until it has ended.`)
  refuseForgotten(origin.state, origin.rowsForgotten)
  return origin
}

/** @throws {BulkEditStateError} for a sale: its end takes its prices back */
async function refuseSale(tx: Transaction, { id, state }: Origin): Promise<void> {
  const sale = await tx.priceSchedule.findFirst({
    where: { bulkEditId: id, endsAt: { not: null }, endEditId: null },
    select: { state: true },
  })
  if (sale) throw new BulkEditStateError(state, SALE_THAT[sale.state] ?? PLANNED_AS_SALE)
}

/** Nothing but the rows says what a follow-up changes, so its selection is empty. */
const NO_SELECTION = { matching: false, added: [], removed: [] }
const NO_RULES = { amount: { kind: 'keep' }, compareAt: { kind: 'keep' } }

/** @returns the id of the edit that it previews, with these rows */
export async function store(
  tx: Transaction,
  origin: Origin,
  followUp: FollowUp,
  rows: AsyncIterable<FrozenRow[]>,
): Promise<string> {
  const { kind, source, reason, createdBy, limits, rules = NO_RULES, cells = [] } = followUp
  const [edit] = await tx.$queryRaw<{ id: string }[]>`
    INSERT INTO bulk_edits (kind, source, selection, rules, cells, reason, created_by, of_id, created_at, previewed_at)
    VALUES (${kind}::bulk_edit_kind, ${source}, ${JSON.stringify(NO_SELECTION)}::jsonb, ${JSON.stringify(rules)}::jsonb, ${JSON.stringify(cells)}::jsonb,
            ${reason}, ${createdBy}, ${origin.id}::uuid, clock_timestamp(), clock_timestamp())
    RETURNING id`
  if (!edit) throw new Error('The database stored no edit.')
  const count = new SummaryCount()
  for await (const chunk of rows) {
    for (const row of chunk) count.add(row)
    await freezeRows(tx, edit.id, chunk)
  }
  await tx.$executeRaw`UPDATE bulk_edits SET summary = ${JSON.stringify(count.summary(limits))}::jsonb WHERE id = ${edit.id}::uuid`
  return edit.id
}

/** From what the edit made back to what it found. A price that changed since is a conflict when this is applied. */
async function* reversed(tx: Transaction, id: string, limits: FollowUp['limits']): AsyncGenerator<FrozenRow[]> {
  for await (const rows of rowsOf(tx, id, ['applied'])) {
    const now = new Map(
      (
        await currentPrices(
          tx,
          rows.map(({ productId }) => productId),
        )
      ).map((price) => [price.productId, price]),
    )
    yield rows.flatMap((row) => {
      const current = now.get(row.productId)
      if (!current || row.appliedVersion === null) return []
      const made = {
        ...current,
        version: row.appliedVersion,
        amountCents: row.newAmountCents,
        compareAtCents: row.newCompareAtCents,
      }
      const frozen = frozenRow(
        made,
        {
          outcome: 'price',
          amountCents: row.oldAmountCents,
          compareAtCents: row.oldCompareAtCents,
          belowRulesFloor: false,
        },
        limits,
      )
      return [
        (current.baseVersion ?? current.version) <= row.appliedVersion
          ? frozen
          : { ...frozen, message: 'Changed since: it will stay as it is, as a conflict.' },
      ]
    })
  }
}

/**
 * Previews the reverse of an edit: each price that it changed goes back to what it was, to the cent, compare-at too.
 * Approving it is a step of its own. An undo can be undone.
 * @throws {BulkEditStateError} when the edit has not ended, changed nothing, or is undone already
 * @throws {MissingPermissionError} without `bulk:approve`
 */
export async function undoBulkEdit(principal: Principal, id: string): Promise<BulkEditView> {
  assertMay(principal, 'bulk:approve')
  const uuid = editId(id)
  return previewFollowUp(principal, async (tx) => {
    const [state] = await tx.$queryRaw<
      { state: string; reason: string; applied: number; rowsForgotten: boolean; undoneBy: string | null }[]
    >`
      SELECT e.state::text AS state, e.reason, (SELECT count(*)::int FROM bulk_edit_rows r WHERE r.bulk_edit_id = e.id AND r.state = 'applied') AS applied,
        e.rows_forgotten_at IS NOT NULL AS "rowsForgotten",
        (SELECT u.id FROM bulk_edits u WHERE u.of_id = e.id AND u.kind = 'undo' AND u.state IN ('approved', 'applying', 'applied') LIMIT 1) AS "undoneBy"
      FROM bulk_edits e WHERE e.id = ${uuid}::uuid`
    if (!state) throw new BulkEditNotFoundError(id)
    if (state.undoneBy !== null)
      throw new BulkEditStateError(state.state, 'This edit is undone already. Undo the undo to bring it back.')
    refuseForgotten(state.state, state.rowsForgotten)
    if (state.state !== 'applying' && state.applied === 0)
      throw new BulkEditStateError(state.state, 'This edit changed no price: there is nothing to undo.')
    const { actor: createdBy, role, kind } = principal
    const origin = await lockOrigin(tx, uuid)
    await refuseSale(tx, origin)
    const limits = bulkLimitsOf(role)
    const followUp: FollowUp = {
      kind: 'undo',
      source: kind === 'session' ? 'editor' : 'api',
      reason: `Undo: ${state.reason}`.slice(0, 500),
      createdBy,
      limits,
    }
    const made = await store(tx, origin, followUp, reversed(tx, uuid, limits))
    await writeAudit(tx, principal, {
      action: 'bulk.undo',
      target: `bulk_edit:${uuid}`,
      reason: state.reason,
      detail: { preview: made },
    })
    return made
  })
}

/**
 * Previews a follow-up from one snapshot.
 * @throws {BulkEditStateError} when its origin ended while it was looked at
 */
export async function previewFollowUp(
  principal: Principal,
  preview: (tx: Transaction) => Promise<string>,
): Promise<BulkEditView> {
  const id = await inSnapshot(
    preview,
    () => new BulkEditStateError('applying', 'This edit ended just now. Try it again.'),
  )
  const view = await bulkEdit(principal, id)
  await countedByPlanner(view.progress.total)
  return view
}
