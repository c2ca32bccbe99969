/**
 * Commits of several rows that are not known to be in the index. To raise one of their rows there shows a part of a commit to
 * readers that find the others older; so the index is marked as behind in the script that raises it.
 */
import { tag } from '../tags.ts'
import type { PendingCommit, PendingCommits } from '../ports.ts'

/** With more rows of the outbox than this not indexed, all that is asked for counts as pending: they are not looked through. */
export const SEARCHED_ROWS = 50

/**
 * @param kinds in the order of the parameters, each a list of ids
 * @returns a statement with a row for each change of such a commit that is one of those, its transaction and how many changes that
 *   has; a row of nulls when there are too many to look through
 */
export function pendingChanges(kinds: readonly string[], firstParameter: number): string {
  const asked = kinds.map((kind, i) => `SELECT '${kind}', unnest($${i + firstParameter}::int[])`).join(' UNION ALL ')
  return `
    SELECT u.topic AS kind, entity.id, u.xid::text AS xid, u.size::int AS size
    FROM (
      SELECT *, sum(cardinality(entity_ids)) OVER (PARTITION BY xid) AS size, count(*) OVER () AS found
      FROM (SELECT xid, topic, entity_ids FROM outbox WHERE indexed_at IS NULL LIMIT ${SEARCHED_ROWS + 1}) searched
    ) u, unnest(u.entity_ids) AS entity(id)
    WHERE u.found <= ${SEARCHED_ROWS} AND u.size > 1 AND (u.topic, entity.id) IN (${asked})
    UNION ALL
    SELECT NULL, NULL, NULL, NULL
    FROM (SELECT FROM outbox WHERE indexed_at IS NULL OFFSET ${SEARCHED_ROWS} LIMIT 1) AS more`
}

/** @param rows of that statement */
export function pendingCommitsOf(rows: readonly Readonly<Record<string, unknown>>[]): PendingCommits {
  const commits = new Map<unknown, { readonly size: number; readonly tags: string[] }>()
  for (const { kind, id, xid, size } of rows) {
    if (kind === null) return undefined
    const commit = commits.get(xid) ?? { size: Number(size), tags: [] }
    commit.tags.push(tag(String(kind), Number(id)))
    commits.set(xid, commit)
  }
  return [...commits.values()]
}

/** Whether an index that is raised to what the source has of `tags`, and of nothing else, may have a part of a commit. */
export function leavesAPart(pending: PendingCommits, tags: ReadonlySet<string>): boolean {
  const isPart = ({ size, tags: changed }: PendingCommit) => {
    const raised = changed.filter((name) => tags.has(name)).length
    return raised > 0 && raised < size
  }
  return pending?.some(isPart) ?? true
}
