/** Versions as an SQL database has them, for tables that `make_versioned` of `sql/versioned.sql` made versioned. */
import { FreshnessError } from '../protocol/errors.ts'
import { parseTag, tag, type VersionedTag } from '../tags.ts'
import type { VersionSource } from '../ports.ts'

/** Where the rows of a kind are. */
export interface VersionedTable {
  readonly table: string
  readonly idColumn: string
  readonly versionColumn: string
}

interface Row {
  readonly kind: string
  readonly id: number
  readonly version: number | bigint | string
}

/** Runs one statement with `$1`, `$2`, … and returns its rows. */
export type Query = (sql: string, parameters: readonly unknown[]) => Promise<readonly Row[]>

const NAME = /^[a-z_][a-z0-9_]*$/

function lookUp(kinds: readonly (readonly [string, VersionedTable])[]): string {
  return kinds
    .map(([kind, { table, idColumn, versionColumn }], i) => {
      for (const name of [table, idColumn, versionColumn])
        if (!NAME.test(name)) throw new Error(`resource kind ${kind}: ${JSON.stringify(name)} is no plain SQL name`)
      return `SELECT '${kind}' AS kind, ${idColumn} AS id, ${versionColumn} AS version FROM ${table} WHERE ${idColumn} = ANY($${i + 1}::int[])`
    })
    .join(' UNION ALL ')
}

const RECENT = `
  SELECT topic AS kind, entity.id, max(entity.version) AS version
  FROM outbox, unnest(entity_ids, versions) AS entity(id, version)
  WHERE done_at IS NULL OR created_at > clock_timestamp() - make_interval(secs => $1::float8)
  GROUP BY 1, 2`

/**
 * @param tables by resource kind
 * @throws {Error} naming a table or column that would have to be quoted
 */
export function sqlVersionSource(tables: Readonly<Record<string, VersionedTable>>, query: Query): VersionSource {
  const kinds = Object.entries(tables)
  const byTags = lookUp(kinds)
  async function run(sql: string, parameters: readonly unknown[]): Promise<VersionedTag[]> {
    try {
      const rows = await query(sql, parameters)
      return rows.map(({ kind, id, version }) => ({ kind, id, version: Number(version) }))
    } catch (cause) {
      const message = 'the database did not answer a version look-up'
      throw new FreshnessError('SOURCE_UNAVAILABLE', message, { cause, retryable: true })
    }
  }
  return {
    kinds: new Set(kinds.map(([kind]) => kind)),
    async versions(tags) {
      const refs = tags.flatMap((text) => parseTag(text) ?? [])
      const ids = kinds.map(([kind]) => refs.filter((ref) => ref.kind === kind).map(({ id }) => id))
      return new Map((await run(byTags, ids)).map(({ kind, id, version }) => [tag(kind, id), version]))
    },
    recentChanges: (seconds) => run(RECENT, [seconds]),
  }
}
