import { edge } from '#lib/cdn/edgePort.ts'
import { db } from '#lib/platform/db.ts'
import { refusalOf } from '../../transaction.ts'
import { confirmCommit, confirmPrices, type Acknowledgement } from '../../acknowledge.ts'
import { applyChunk, type ApplyingEdit, type Chunk, chunksOf } from './applyChunk.ts'
import { HAS_SCHEDULE } from '../schedule/dueEdits.ts'
import { finishEdit, keepConflicts } from './finishEdit.ts'
import { halvesOf, refuseRow } from './refusedRows.ts'

/** @returns undefined when it is not approved, or has a schedule, which applies it at its time: there is nothing to apply */
async function begin(id: string): Promise<ApplyingEdit | undefined> {
  await db().$executeRaw`
    UPDATE bulk_edits e SET state = 'applying', started_at = COALESCE(e.started_at, clock_timestamp())
    WHERE e.id = ${id}::uuid AND e.state = 'approved' AND NOT ${HAS_SCHEDULE}`
  // Without a lock: one that another process is applying is locked, chunk after chunk, until it is done.
  const [edit] = await db().$queryRaw<ApplyingEdit[]>`
    SELECT e.id, e.source, e.reason, COALESCE(e.approved_by, e.created_by) AS actor, e.correlation_id AS "correlationId"
    FROM bulk_edits e WHERE e.id = ${id}::uuid AND e.state = 'applying' AND NOT ${HAS_SCHEDULE}`
  return edit
}

export interface ApplyOptions {
  /** Stops between two chunks; the next call applies the rest. */
  readonly signal?: AbortSignal
}

/**
 * Applies an approved edit, chunk by chunk; each is live on all layers as it commits. It can be killed anywhere and
 * called again, by several processes at once: a row is applied exactly once, because its state changes with its price.
 * @param id of an edit that the caller has found
 * @returns `propagating` when the version index did not take a chunk in time; with nothing to apply, what `confirmEdit` says
 * @throws {PricesBusyError} when another transaction holds a row for more than 5 s; call again
 * @throws {PriceStoreUnavailableError} when Postgres does not answer; call again
 */
export async function applyBulkEdit(id: string, { signal }: ApplyOptions = {}): Promise<Acknowledgement> {
  const edit = await begin(id)
  return edit ? applyRows(edit, signal) : confirmEdit(id)
}

/**
 * Confirms what an edit applied, in this process or another, and what it met in another version than its preview.
 * @param id of an edit that the caller has found
 */
export async function confirmEdit(id: string): Promise<Acknowledgement> {
  const rows = await db().$queryRaw<{ productId: number; version: bigint }[]>`
    SELECT p.product_id AS "productId", p.version FROM bulk_edit_rows r JOIN prices p USING (product_id)
    WHERE r.bulk_edit_id = ${id}::uuid AND r.state IN ('applied', 'conflict')`
  return confirmPrices(rows, id)
}

/** Chunks under way at the same time, each by a connection of its own: while one is in the index, others are in Postgres. */
const LANES = 2

/** A chunk with a row that Postgres refuses is halved until that row is alone. */
async function applyPart(edit: ApplyingEdit, chunk: Chunk, putOff: boolean): Promise<Acknowledgement[]> {
  try {
    const { rows, changed, xid } = await applyChunk(edit, chunk, putOff)
    const state = await (putOff
      ? confirmCommit(changed, xid, edit.correlationId)
      : confirmPrices(changed, edit.correlationId))
    if (changed.length < rows) await keepConflicts(edit, chunk)
    return [state]
  } catch (error) {
    if (refusalOf(error) === undefined) throw error
    const halves = await halvesOf(edit.id, chunk)
    if (halves) return [...(await applyPart(edit, halves[0], putOff)), ...(await applyPart(edit, halves[1], putOff))]
    await refuseRow(edit, chunk, error)
    return []
  }
}

/** @throws the first failure, when no chunk is under way any more */
async function applyChunks(
  edit: ApplyingEdit,
  chunks: readonly Chunk[],
  signal: AbortSignal | undefined,
): Promise<Acknowledgement[]> {
  const states: Acknowledgement[] = []
  const left = [...chunks]
  // The jobs take from Postgres and Redis what the chunks need, and begin when the edit has ended. Another edge hears of the prices by the
  // jobs alone.
  const putOff = chunks.length > 1 && edge()?.immediate !== false
  async function lane(): Promise<void> {
    for (let chunk = left.shift(); chunk; chunk = signal?.aborted ? undefined : left.shift())
      states.push(...(await applyPart(edit, chunk, putOff)))
  }
  const ended = await Promise.allSettled(
    Array.from({ length: LANES }, () =>
      lane().catch((error: unknown) => {
        left.length = 0
        throw error
      }),
    ),
  )
  for (const result of ended) if (result.status === 'rejected') throw result.reason
  return states
}

async function applyRows(edit: ApplyingEdit, signal: AbortSignal | undefined): Promise<Acknowledgement> {
  const states = new Set<Acknowledgement>()
  const state = () => (states.has('propagating') ? 'propagating' : 'live')
  do {
    for (const each of await applyChunks(edit, await chunksOf(edit.id), signal)) states.add(each)
    if (signal?.aborted) return state()
  } while (!(await finishEdit(edit)))
  return state()
}
