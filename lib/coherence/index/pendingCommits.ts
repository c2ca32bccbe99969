/**
 * Commits of several rows that are not known to be in the index. A script that raises one of these rows would show a part of the
 * commit, because the index has the others older. So the same script marks the index as behind.
 */
import { tag } from '../tags.ts'
import type { PendingCommit, PendingCommits } from '../ports.ts'

/** With more rows of the outbox than this not indexed, all that is asked for counts as pending: they are not looked through. */
export const SEARCHED_ROWS = 50
/** The same for bytes of their ids, as they are stored: some eight rows of a thousand ids, whose look-through costs each read ms. */
const SEARCHED_BYTES = 16_384

/**
 * A statement with a row for each such commit and kind: ids of the tags in question that it changes, and how many changes it has;
 * with a null among the ids when there are too many to look through.
 * @param first the number of the parameter with the kinds of the tags; the next one has their ids
 */
export function pendingChanges(first: number): string {
  return `
    SELECT u.topic AS kind, array_agg(entity.id) AS ids, u.xid::text AS xid, u.size::int AS size
    FROM (
      SELECT *, sum(CASE WHEN many THEN 1 ELSE cardinality(entity_ids) END) OVER (PARTITION BY xid) AS size
      FROM (
        SELECT *, count(*) OVER () > ${SEARCHED_ROWS} OR sum(pg_column_size(entity_ids)) OVER () > ${SEARCHED_BYTES} AS many
        FROM (SELECT xid, topic, entity_ids FROM outbox WHERE indexed_at IS NULL LIMIT ${SEARCHED_ROWS + 1}) searched
      ) counted
    ) u LEFT JOIN LATERAL unnest(CASE WHEN u.many THEN NULL ELSE u.entity_ids END) AS entity(id) ON true
    WHERE u.many OR u.size > 1 AND (u.topic, entity.id) IN (SELECT * FROM unnest($${first}::text[], $${first + 1}::int[]))
    GROUP BY u.topic, u.xid, u.size`
}

/** @param rows of that statement */
export function pendingCommitsOf(rows: readonly Readonly<Record<string, unknown>>[]): PendingCommits {
  const commits = new Map<unknown, { readonly size: number; readonly tags: string[] }>()
  for (const { kind, ids, xid, size } of rows) {
    if (!Array.isArray(ids) || ids.includes(null)) return undefined
    const commit = commits.get(xid) ?? { size: Number(size), tags: [] }
    for (const id of ids) commit.tags.push(tag(String(kind), Number(id)))
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
