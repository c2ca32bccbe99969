/** Reads the rows that the statements of `sqlVersionSource.ts` return. */
import type { SourceRow, Term } from '../ports.ts'
import type { VersionedTag, VersionedValue } from '../tags.ts'

export type Row = Readonly<Record<string, unknown>>

export function termOf(row: Row | undefined): Term {
  if (row === undefined) throw new Error('index_term has no row: apply sql/versioned.sql')
  return {
    term: Number(row['term']),
    epoch: String(row['epoch']),
    server: String(row['server']),
    renewals: Number(row['renewals']),
    forgotten: String(row['forgotten']),
    identity: String(row['identity']),
    current: row['current'] === true,
    replacedSource: row['replacedSource'] === true,
    ageMs: Number(row['ageMs']),
  }
}

export function changeOf({ kind, id, version }: Row): VersionedTag {
  return { kind: String(kind), id: Number(id), version: Number(version) }
}

export function changesOf({ topic, ids, versions }: Row): VersionedTag[] {
  if (!Array.isArray(ids) || !Array.isArray(versions)) return []
  return ids.map((id, i) => ({ kind: String(topic), id: Number(id), version: Number(versions[i]) }))
}

export function rowOf({ version, payload }: Row): SourceRow {
  return { version: Number(version), payload: typeof payload === 'string' ? payload : undefined }
}

/** As the outbox names them, or as they are current: then with their payload. */
export function valuesOf(row: Row): VersionedValue[] {
  const { current } = row
  return changesOf(row).map((change, i) => {
    const [version, payload]: unknown[] = (Array.isArray(current) && Array.isArray(current[i]) && current[i]) || []
    const newer = typeof version === 'number' && version >= change.version && typeof payload === 'string'
    return newer ? { ...change, version, payload } : change
  })
}
