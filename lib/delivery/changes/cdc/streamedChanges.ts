/** Finds the versions that the index must have, and our rows that follow from another service's rows. */
import { resources } from '#lib/catalog/resources.ts'
import type { ForeignTables } from '#lib/catalog/foreignTables.ts'
import type { VersionIndex } from '#lib/coherence/index.ts'
import type { VersionedTag } from '#lib/coherence/tags.ts'
import type { Db } from '#lib/platform/db.ts'
import { behindInIndex } from '../../readBack.ts'
import type { Part, StreamedRow } from './stream.ts'

/** As many as a row of the outbox has. */
const OUTBOX_ROW = 1_000

const KINDS = new Map(
  resources().map(([kind, { table, idColumn, versionColumn }]) => [table, { kind, idColumn, versionColumn }] as const),
)

function changeOf({ table, values, isNew }: StreamedRow): VersionedTag[] {
  const found = KINDS.get(table)
  // The trigger knows which new rows pages can miss, and puts those into the outbox.
  if (!found || isNew) return []
  return [{ kind: found.kind, id: Number(values[found.idColumn]), version: Number(values[found.versionColumn]) }]
}

/** @returns each row once, with its newest version */
export function changesOf(parts: readonly Part[]): VersionedTag[] {
  const newest = new Map<string, VersionedTag>()
  for (const change of parts.flatMap(({ rows }) => rows.flatMap(changeOf))) {
    const name = `${change.kind}:${change.id}`
    if ((newest.get(name)?.version ?? 0) < change.version) newest.set(name, change)
  }
  return [...newest.values()]
}

/**
 * Puts into the outbox what is not in the index after that has followed the outbox: a change that no trigger wrote down.
 * @returns the transactions that wrote it
 */
export async function recordMissing(db: Db, index: VersionIndex, changes: readonly VersionedTag[]): Promise<bigint[]> {
  const missing = Map.groupBy(await behindInIndex(index, changes), ({ kind }) => kind)
  const xids: bigint[] = []
  for (const [kind, those] of missing) {
    for (let at = 0; at < those.length; at += OUTBOX_ROW) {
      const some = those.slice(at, at + OUTBOX_ROW)
      const [row] = await db.$queryRaw<{ xid: string }[]>`
        SELECT pg_current_xact_id()::text AS xid, write_outbox(${kind}, ${some.map(({ id }) => id)}::int[], ${some.map(({ version }) => BigInt(version))}::bigint[])::text`
      if (row) xids.push(BigInt(row.xid))
    }
  }
  return xids
}

/** Brings our rows to what other services' tables have; what that changes comes with the stream. @param parts undefined: all rows */
export async function applyForeign(db: Db, tables: ForeignTables, parts?: readonly Part[]): Promise<void> {
  const rows =
    parts &&
    Map.groupBy(
      parts.flatMap((part) => part.rows),
      ({ table }) => table,
    )
  for (const [table, { keyColumn, apply }] of Object.entries(tables)) {
    const changed = rows?.get(table)
    if (rows && !changed) continue
    const keys = changed && [...new Set(changed.map(({ values }) => String(values[keyColumn])))]
    await db.$executeRawUnsafe(apply, keys ?? null)
  }
}
