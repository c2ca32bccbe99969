/** The outbox as a log of changes. `forget_outbox` deletes its oldest entries. */
import type { Term } from '../ports.ts'
import { FreshnessError } from '../protocol/errors.ts'
import type { VersionedTag } from '../tags.ts'
import { changesOf, type Row } from './sqlRows.ts'

/** Rows of the outbox in one statement: each has at most 1,000 entities. */
export const OUTBOX_ROWS = 100

/** A position, `{identity} {transaction id}`: every transaction below the id has ended. */
export const POSITION = `database_identity() || ' ' || pg_snapshot_xmin(pg_current_snapshot())`

/** One row without an id where there is nothing. The forgotten part is of the same snapshot as the rows. */
const CHANGES = `
  SELECT forgotten, o.* FROM index_term LEFT JOIN (
    SELECT id::text, topic, entity_ids AS ids, versions::text[] AS versions, id AS at FROM outbox
    WHERE xid >= $1::xid8 AND id > $2::bigint ORDER BY id LIMIT ${OUTBOX_ROWS}) o ON true ORDER BY o.at`

function parse(position: string): readonly [identity: string, transaction: bigint] {
  const at = position.lastIndexOf(' ')
  return [position.slice(0, at), BigInt(position.slice(at + 1))]
}

/** @param forgotten the newest change that is gone, as a position; empty where none is. One of another source says nothing of this one */
function isWhole(position: string, forgotten: string): boolean {
  if (forgotten === '') return true
  const [[identity, transaction], [of, gone]] = [parse(position), parse(forgotten)]
  return identity !== of || transaction > gone
}

export function logReaches(position: string, { identity, forgotten }: Term): boolean {
  return position.startsWith(`${identity} `) && isWhole(position, forgotten)
}

/** @throws {FreshnessError} LOG_FORGOTTEN when changes since `position` are gone; SOURCE_UNAVAILABLE */
export async function* changesSince(
  run: (sql: string, parameters: readonly unknown[]) => Promise<readonly Row[]>,
  position: string,
): AsyncGenerator<readonly VersionedTag[]> {
  const [, transaction] = parse(position)
  for (let after = '0'; ;) {
    const rows = await run(CHANGES, [String(transaction), after])
    if (!isWhole(position, String(rows[0]?.['forgotten'] ?? ''))) {
      const message = `the log of changes does not reach back to ${position} any more`
      throw new FreshnessError('LOG_FORGOTTEN', message, { retryable: true })
    }
    const last = rows.at(-1)?.['id']
    if (typeof last !== 'string') return
    yield rows.flatMap(changesOf)
    after = last
  }
}
