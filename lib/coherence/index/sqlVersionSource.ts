/** Versions from an SQL database, of tables that `make_versioned` (`sql/versioned.sql`) made versioned. */
import { FreshnessError, replacedSource } from '../protocol/errors.ts'
import { parseTag, tag, type VersionedTag, type VersionedValue } from '../tags.ts'
import type { Unindexed, VersionSource } from '../ports.ts'
import { changesSince, logReaches, OUTBOX_ROWS, POSITION } from './changeLog.ts'
import { pendingChanges, pendingCommitsOf, SEARCHED_ROWS } from './pendingCommits.ts'
import { changeOf, changesOf, rowOf, termOf, valuesOf, type Row } from './sqlRows.ts'

/** The table of a kind. */
export interface VersionedTable {
  readonly table: string
  readonly idColumn: string
  readonly versionColumn: string
  /**
   * The payload of one version of a row, which changes with it alone: the index keeps it beside the version.
   * @param row the alias of the row in the statement
   * @returns an SQL expression for JSON
   */
  readonly payload?: (row: string) => string
}

/** Runs one statement with `$1`, `$2`, … and returns its rows. */
export type Query = (sql: string, parameters: readonly unknown[]) => Promise<readonly object[]>

const NAME = /^[a-z_][a-z0-9_]*$/

/**
 * Entities in one scan of the outbox, which take a small part of the time that the index lease lives. They are marked together,
 * and what is marked no other process applies again.
 */
const SCANNED_ENTITIES = 10_000
/** Rows of the source whose payload comes with a scan of the outbox. Those of a bulk edit come with their first readers. */
const SCANNED_PAYLOADS = 200

type Kinds = readonly (readonly [string, VersionedTable])[]

/** Postgres knows nothing of the number of ids when it plans the statement: else it would plan each short list anew, and not keep a plan. */
function lookUp(kinds: Kinds, firstParameter: number, payloads: boolean): string {
  return kinds
    .map(([kind, { table, idColumn, versionColumn, payload }], i) => {
      const value = payloads ? `, ${payload ? `(${payload('r')})::text` : 'NULL'} AS payload` : ''
      return `SELECT '${kind}' AS kind, r.${idColumn} AS id, r.${versionColumn} AS version${value}
        FROM ${table} r WHERE r.${idColumn} = ANY((SELECT $${i + firstParameter}::int[])::int[])`
    })
    .join(' UNION ALL ')
}

/** @param rows with one that has no kind where the source is not the one that the term began with */
function refusedIfReplaced(rows: readonly Row[]): readonly Row[] {
  if (rows.some(({ kind }) => kind === null)) throw replacedSource()
  return rows
}

/** Names the kinds that are asked for alone: to plan all of them takes Postgres longer than to answer. */
function rowsAndPending(kinds: Kinds): string {
  return `
    SELECT kind, id, version::text, payload, NULL::int[] AS ids, NULL AS xid, NULL AS size FROM (${lookUp(kinds, 1, true)}) found
    UNION ALL SELECT kind, NULL, NULL, NULL, ids, xid, size FROM (${pendingChanges(kinds.length + 1)}) pending
    UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL ${REPLACED}`
}

/** The current state of the rows that `o`, a row of the outbox, names: versions and payloads, in the order of its ids. */
function currentRows(kinds: Kinds): string {
  const cases = kinds.flatMap(([kind, { table, idColumn, versionColumn, payload }]) =>
    payload
      ? `WHEN '${kind}' THEN (
          SELECT json_agg(json_build_array(r.${versionColumn}, (${payload('r')})::text) ORDER BY entity.at)
          FROM unnest(o.entity_ids) WITH ORDINALITY entity(id, at) LEFT JOIN ${table} r ON r.${idColumn} = entity.id)`
      : [],
  )
  return cases.length === 0
    ? 'NULL'
    : `CASE WHEN o.rows_so_far <= ${SCANNED_PAYLOADS} THEN CASE o.topic ${cases.join(' ')} END END`
}

function checkNames(kinds: Kinds): void {
  for (const [kind, { table, idColumn, versionColumn }] of kinds) {
    for (const name of [table, idColumn, versionColumn])
      if (!NAME.test(name)) throw new Error(`resource kind ${kind}: ${JSON.stringify(name)} is no plain SQL name`)
  }
}

/** The age has no sign: by a clock that was set back by an hour a term would be young, and left alone, for that hour. */
const TERM = `
  SELECT term::text, epoch, server, renewals::text, forgotten, identity, source = identity AS current,
         reason = 'postgres-changed' AS "replacedSource",
         (abs(extract(epoch FROM clock_timestamp() - began_at)) * 1000)::float8 AS "ageMs"
  FROM index_term, database_identity() AS identity`

/** A row where the source has taken the place of the one that the term began with. */
const REPLACED = `FROM index_term WHERE term > 0 AND source <> database_identity()`

/** The name of the term's lease, in a source that has not been replaced: see `protocol/lease.ts`. */
const isOfLease = (parameter: string) => `term || ' ' || server = ${parameter} AND source = database_identity()`

const RENEW = `
  UPDATE index_term SET renewals = renewals + 1
  WHERE ${isOfLease('$1')} RETURNING term::text, renewals::text, epoch, source AS identity`

const BEGIN_TERM = `
  UPDATE index_term SET term = greatest(term, $3::bigint) + 1, server = $4, epoch = $5, reason = $6,
         source = database_identity(), began_at = clock_timestamp()
  WHERE term = $1::bigint AND renewals = $2::bigint AND database_identity() = $7 RETURNING id`

const SET_EPOCH = `UPDATE index_term SET epoch = $2 WHERE epoch = $1 RETURNING id`

const unindexedRows = (kinds: Kinds) => `
  SELECT o.id::text, o.topic, o.entity_ids AS ids, o.versions::text[] AS versions, ${currentRows(kinds)} AS current,
         o.found, one.position, EXISTS (SELECT ${REPLACED}) AS replaced
  FROM (SELECT ${POSITION} AS position) AS one
  LEFT JOIN (
    SELECT *, sum(cardinality(entity_ids)) OVER (ORDER BY id) AS rows_so_far, count(*) OVER () AS found
    FROM (SELECT * FROM outbox WHERE indexed_at IS NULL ORDER BY id LIMIT ${OUTBOX_ROWS}) first) o
  ON o.rows_so_far <= ${SCANNED_ENTITIES}`

const PENDING = `
  SELECT DISTINCT topic AS kind, entity.id FROM outbox, unnest(entity_ids) AS entity(id) WHERE indexed_at IS NULL`

const UNCOMMITTED = `
  SELECT id::text, topic, entity_ids AS ids, versions::text[] AS versions FROM outbox
  WHERE xid = pg_current_xact_id_if_assigned() ORDER BY id`

const MARK_INDEXED = `
  WITH this_term AS MATERIALIZED (SELECT term FROM index_term WHERE ${isOfLease('$2')}),
  marked AS (
    UPDATE outbox SET indexed_at = clock_timestamp()
    WHERE id = ANY($1::bigint[]) AND indexed_at IS NULL AND EXISTS (SELECT FROM this_term))
  SELECT term::text FROM this_term`

const RECENT = `
  SELECT topic AS kind, entity.id, max(entity.version) AS version
  FROM outbox, unnest(entity_ids, versions) AS entity(id, version)
  WHERE done_at IS NULL OR created_at > statement_timestamp() - make_interval(secs => $1::float8)
  GROUP BY 1, 2`

/**
 * @param tables by resource kind
 * @throws {Error} naming a table or column that would have to be quoted
 */
export function sqlVersionSource(tables: Readonly<Record<string, VersionedTable>>, query: Query): VersionSource {
  const kinds = Object.entries(tables)
  checkNames(kinds)
  const versionsByTags = lookUp(kinds, 1, false)
  const rowsByTags = lookUp(kinds, 1, true)
  const pendingByTags = pendingChanges(1)
  const rowsOfCurrent = `${rowsByTags} UNION ALL SELECT NULL, NULL, NULL, NULL ${REPLACED}`
  const unindexedWithPayloads = unindexedRows(kinds)
  // What is pending is spread out once: to look through a thousand ids of each row for each tag took more than 10 s after a sale.
  const guarded = `
    WITH t AS MATERIALIZED (${TERM}),
    unindexed AS MATERIALIZED (
      SELECT topic, entity_ids FROM outbox, t WHERE indexed_at IS NULL AND t.term <> '0' AND t.identity || ' ' || t.renewals <> $1 LIMIT ${SEARCHED_ROWS + 1}),
    pending AS MATERIALIZED (SELECT topic, entity.id FROM unindexed, unnest(entity_ids) AS entity(id))
    SELECT t.*, v.kind, v.id, v.version::text, v.payload,
           (SELECT count(*) FROM unindexed) > ${SEARCHED_ROWS} OR (v.kind, v.id) IN (SELECT * FROM pending) AS pending
    FROM t LEFT JOIN (${lookUp(kinds, 2, true)}) v ON true`

  async function run(sql: string, parameters: readonly unknown[]): Promise<readonly Row[]> {
    try {
      return (await query(sql, parameters)).map((row) => ({ ...row }))
    } catch (cause) {
      const message = 'the database did not answer a version look-up'
      throw new FreshnessError('SOURCE_UNAVAILABLE', message, { cause, retryable: true })
    }
  }

  function idsOf(tags: readonly string[], own = kinds): number[][] {
    const refs = tags.flatMap((text) => parseTag(text) ?? [])
    return own.map(([kind]) => refs.filter((ref) => ref.kind === kind).map(({ id }) => id))
  }

  function namesOf(tags: readonly string[]): [kinds: string[], ids: number[]] {
    const refs = tags.flatMap((text) => parseTag(text) ?? [])
    return [refs.map(({ kind }) => kind), refs.map(({ id }) => id)]
  }

  const nameOf = ({ kind, id }: VersionedTag) => tag(kind, id)

  return {
    kinds: new Set(kinds.map(([kind]) => kind)),
    payloadKinds: new Set(kinds.flatMap(([kind, { payload }]) => (payload ? [kind] : []))),

    async versions(tags) {
      const rows = await run(versionsByTags, idsOf(tags))
      return new Map(rows.map(changeOf).map((change) => [nameOf(change), change.version]))
    },

    async rows(tags) {
      const rows = refusedIfReplaced(await run(rowsOfCurrent, idsOf(tags)))
      return new Map(rows.map((row) => [nameOf(changeOf(row)), rowOf(row)]))
    },

    async rowsWithPending(tags) {
      const asked = new Set(namesOf(tags)[0])
      const some = kinds.filter(([kind]) => asked.has(kind))
      const own = some.length > 0 ? some : kinds
      const all = refusedIfReplaced(await run(rowsAndPending(own), [...idsOf(tags, own), ...namesOf(tags)]))
      const rows = all.filter(({ version }) => version !== null)
      return {
        rows: new Map(rows.map((row) => [nameOf(changeOf(row)), rowOf(row)])),
        pending: pendingCommitsOf(all.filter(({ version }) => version === null)),
      }
    },

    pendingCommits: async (tags) => pendingCommitsOf(await run(pendingByTags, namesOf(tags))),

    async readGuarded(tags, settled) {
      const rows = await run(guarded, [settled ?? '', ...idsOf(tags)])
      const found = rows.filter(({ kind }) => kind !== null)
      return {
        term: termOf(rows[0]),
        rows: new Map(found.map((row) => [nameOf(changeOf(row)), rowOf(row)])),
        pending: new Set(found.filter(({ pending }) => pending === true).map((row) => nameOf(changeOf(row)))),
      }
    },

    term: async () => termOf((await run(TERM, []))[0]),

    async renew(lease) {
      const [row] = await run(RENEW, [lease])
      if (!row) return undefined
      const { term, renewals, epoch, identity } = row
      return { term: Number(term), renewals: Number(renewals), epoch: String(epoch), identity: String(identity) }
    },

    async beginTerm(seen, { server, epoch, reason, above }) {
      const parameters = [String(seen.term), String(seen.renewals), String(above), server, epoch, reason, seen.identity]
      const [begun] = await run(BEGIN_TERM, parameters)
      return begun && termOf((await run(TERM, []))[0])
    },

    async stillBeginning(term) {
      await run('UPDATE index_term SET began_at = clock_timestamp() WHERE term = $1::bigint', [String(term)])
    },

    async setEpoch(before, next) {
      return (await run(SET_EPOCH, [before, next])).length > 0
    },

    async unindexed(): Promise<Unindexed> {
      const rows = await run(unindexedWithPayloads, [])
      if (rows[0]?.['replaced'] === true) throw replacedSource()
      const taken = rows.filter(({ id }) => id !== null)
      return {
        ids: taken.map(({ id }) => String(id)),
        versions: taken.flatMap(valuesOf),
        more: taken.length === OUTBOX_ROWS || Number(rows[0]?.['found'] ?? 0) > taken.length,
        position: String(rows[0]?.['position']),
      }
    },

    async uncommitted() {
      const own = await run(UNCOMMITTED, [])
      const tags = [...new Set(own.flatMap(changesOf).map(nameOf))]
      const versions: VersionedValue[] = []
      for (let at = 0; at < tags.length; at += SCANNED_ENTITIES) {
        const rows = await run(rowsByTags, idsOf(tags.slice(at, at + SCANNED_ENTITIES)))
        versions.push(...rows.map((row) => ({ ...changeOf(row), ...rowOf(row) })))
      }
      return { ids: own.map(({ id }) => String(id)), versions }
    },

    async pendingTags() {
      const rows = await run(PENDING, [])
      return new Set(rows.map((row) => tag(String(row['kind']), Number(row['id']))))
    },

    async markIndexed(ids, lease) {
      return (await run(MARK_INDEXED, [ids, lease])).length > 0
    },

    reaches: logReaches,

    changesSince: (position) => changesSince(run, position),

    async position() {
      const [row] = await run(`SELECT ${POSITION} AS position`, [])
      return String(row?.['position'])
    },

    async raiseAbove(floors) {
      const raised: VersionedTag[] = []
      for (const [kind, { table, idColumn, versionColumn }] of kinds) {
        const those = floors.filter((floor) => floor.kind === kind)
        if (those.length === 0) continue
        const rows = await run(
          'SELECT id, version::text FROM raise_versions($1::regclass, $2, $3, $4::int[], $5::bigint[])',
          [table, idColumn, versionColumn, those.map(({ id }) => id), those.map(({ version }) => String(version))],
        )
        raised.push(...rows.map((row) => changeOf({ ...row, kind })))
      }
      return raised
    },

    recentChanges: async (seconds) => (await run(RECENT, [seconds])).map(changeOf),
  }
}
