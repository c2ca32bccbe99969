/** The publication and the slot of a database: what Postgres sends, and how far it was taken. */
import { DatabaseError } from 'pg'
import { resources } from '#lib/catalog/resources.ts'
import { FOREIGN_TABLES, type ForeignTables } from '#lib/catalog/foreignTables.ts'

/** Runs one statement with `$1`, `$2`, … and returns its rows. */
export type Query = (sql: string, values?: readonly unknown[]) => Promise<readonly object[]>

export const PUBLICATION = 'evergreen_changes'
/** Of `DatabaseError`: the time limit of a statement. */
const STATEMENT_TIMEOUT = '57014'
/** Column lists of a publication. */
const OLDEST_POSTGRES = 15

/** Why there is no stream, in one sentence that says what to do. */
export class NoStreamError extends Error {
  override readonly name = 'NoStreamError'
}

/** Changes since the last confirmation do not come with a stream any more. */
export class SlotLostError extends Error {
  override readonly name = 'SlotLostError'
}

/** Another process reads the slot. */
export class SlotHeldError extends Error {
  override readonly name = 'SlotHeldError'
}

const NAME = /^[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?$/

/** @throws {Error} naming a table that would have to be quoted */
function publishedTables(foreign: ForeignTables): { readonly table: string; readonly columns: readonly string[] }[] {
  const ours = resources().map(([, { table, idColumn, versionColumn }]) => ({
    table,
    columns: [idColumn, versionColumn].toSorted(),
  }))
  // The owner of a table knows the columns that identify its rows.
  const theirs = Object.keys(foreign).map((table) => ({ table, columns: [] }))
  for (const { table } of theirs)
    if (!NAME.test(table)) throw new Error(`foreign table ${JSON.stringify(table)} is no plain SQL name`)
  return [...ours, ...theirs]
}

const textOf = (row: object, name: string): string | undefined => {
  const value: unknown = Reflect.get(row, name)
  return value === null || value === undefined ? undefined : String(value)
}

/**
 * Makes the publication, or brings its list of tables up to date.
 * @param query of a role that owns the tables, which a list that is right already does not need
 * @throws {NoStreamError} when the role has no right to
 */
export async function ensurePublication(query: Query, foreign: ForeignTables = FOREIGN_TABLES): Promise<void> {
  const tables = publishedTables(foreign)
  const found = await query(
    `SELECT CASE WHEN t.schemaname = 'public' THEN t.tablename ELSE t.schemaname || '.' || t.tablename END AS name,
       array_to_string(ARRAY(SELECT unnest(t.attnames) ORDER BY 1), ',') AS columns
     FROM pg_publication_tables t WHERE t.pubname = $1`,
    [PUBLICATION],
  )
  const columnsOf = new Map(found.map((row) => [textOf(row, 'name'), textOf(row, 'columns')]))
  const isRight =
    columnsOf.size === tables.length &&
    tables.every(({ table, columns }) =>
      columns.length === 0 ? columnsOf.has(table) : columnsOf.get(table) === columns.join(','),
    )
  if (isRight) return
  const list = tables
    .map(({ table, columns }) => (columns.length === 0 ? table : `${table} (${columns.join(', ')})`))
    .join(', ')
  const [exists] = await query('SELECT 1 FROM pg_publication WHERE pubname = $1', [PUBLICATION])
  const statement = exists
    ? `ALTER PUBLICATION ${PUBLICATION} SET TABLE ${list}`
    : `CREATE PUBLICATION ${PUBLICATION} FOR TABLE ${list}`
  try {
    await query(statement)
  } catch (cause) {
    throw new NoStreamError(
      `The publication ${PUBLICATION} could not be made (${cause instanceof Error ? cause.message : String(cause)}): run npm start with MIGRATION_DATABASE_URL, or as the owner of the tables: ${statement}`,
      { cause },
    )
  }
}

const IDENTITY = `
  SELECT s.system_identifier || '/' || d.oid AS identity
  FROM pg_control_system() s, pg_database d WHERE d.datname = current_database()`

/**
 * Whether Postgres and the role can replicate at all, and from the database of the shop.
 * @param query as the role that is to replicate
 * @param application over DATABASE_URL
 * @throws {NoStreamError} naming the first thing that is missing
 */
export async function requireReplication(query: Query, application: Query): Promise<void> {
  const [[theirs = {}], [ours = {}]] = await Promise.all([query(IDENTITY), application(IDENTITY)])
  const [row = {}] = await query(
    `SELECT current_setting('wal_level') AS level, current_setting('server_version_num')::int / 10000 AS major,
       current_user::text AS role, r.rolreplication OR r.rolsuper AS may,
       (SELECT count(*) FROM pg_replication_slots WHERE slot_name IS DISTINCT FROM ${SLOT}) AS used,
       current_setting('max_replication_slots')::int AS slots
     FROM pg_roles r WHERE r.rolname = current_user`,
  )
  const problem = (() => {
    if (textOf(theirs, 'identity') !== textOf(ours, 'identity'))
      return 'REPLICATION_DATABASE_URL and DATABASE_URL lead to different databases: let both lead to that of the shop'
    if (Number(textOf(row, 'major')) < OLDEST_POSTGRES)
      return `Postgres ${textOf(row, 'major')} is older than ${OLDEST_POSTGRES}`
    if (textOf(row, 'level') !== 'logical')
      return `wal_level is ${textOf(row, 'level')}: set wal_level = logical in postgresql.conf and restart Postgres`
    if (textOf(row, 'may') !== 'true')
      return `the role ${textOf(row, 'role')} may not replicate: name one in REPLICATION_DATABASE_URL that was made with CREATE ROLE … LOGIN REPLICATION`
    if (Number(textOf(row, 'used')) >= Number(textOf(row, 'slots')))
      return `all ${textOf(row, 'slots')} replication slots are used: raise max_replication_slots and restart Postgres, or drop a slot that nothing uses`
    return undefined
  })()
  if (problem) throw new NoStreamError(`PRICE_EVENTS=cdc cannot be used: ${problem}.`)
}

/** Slots are of the server, so each database has one of its own. */
const SLOT = `(SELECT 'evergreen_' || oid FROM pg_database WHERE datname = current_database())`

export interface Slot {
  readonly name: string
  /** As Postgres says it: `reserved`, `extended`, `unreserved` or `lost`. */
  readonly status: string
  readonly active: boolean
  readonly confirmed: string
  /** Bytes of WAL from what was confirmed to now. */
  readonly behindBytes: number
  /** Bytes of WAL that are kept for the slot. */
  readonly retainedBytes: number
  /** Bytes that may still be written before the slot is lost; undefined where `max_slot_wal_keep_size` sets no limit. */
  readonly safeBytes: number | undefined
}

/** @returns undefined where there is none */
export async function readSlot(query: Query): Promise<Slot | undefined> {
  const [row] = await query(
    `SELECT slot_name::text, wal_status, active, confirmed_flush_lsn::text, safe_wal_size,
       pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn) AS behind,
       pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) AS retained
     FROM pg_replication_slots WHERE slot_name = ${SLOT}`,
  )
  if (!row) return undefined
  const safe = textOf(row, 'safe_wal_size')
  return {
    name: textOf(row, 'slot_name') ?? '',
    status: textOf(row, 'wal_status') ?? 'lost',
    active: textOf(row, 'active') === 'true',
    confirmed: textOf(row, 'confirmed_flush_lsn') ?? '0/0',
    behindBytes: Number(textOf(row, 'behind') ?? 0),
    retainedBytes: Number(textOf(row, 'retained') ?? 0),
    safeBytes: safe === undefined ? undefined : Number(safe),
  }
}

/**
 * The slot, from which the stream goes on. Where there is none, makes one, which sends what is committed from now on. Drops one that
 * Postgres has given up first.
 * @param mayLose false where there was a slot before: then an alert reports its loss before another is made
 * @param make runs `makeSlot`, which takes as long as the transactions that are open
 * @throws {SlotLostError}, {SlotHeldError}
 */
export async function ensureSlot(query: Query, mayLose = true, make = makeSlot): Promise<Slot> {
  const found = await readSlot(query)
  if (found?.active === true) throw new SlotHeldError(`another process reads the slot ${found.name}`)
  if (found && found.status !== 'lost') return found
  if (!mayLose) {
    throw new SlotLostError(
      found
        ? `Postgres has given up the slot ${found.name} (wal_status is lost), since more WAL than max_slot_wal_keep_size was kept for it.`
        : 'the replication slot is gone: it was dropped, or this Postgres was promoted without it.',
    )
  }
  if (found) await query('SELECT pg_drop_replication_slot($1)::text', [found.name])
  await make(query)
  const slot = await readSlot(query)
  if (!slot) throw new NoStreamError('The replication slot was dropped while it was made: it is made again.')
  return slot
}

/** @throws {NoStreamError} naming the transaction that Postgres waits for, when the time limit of a statement has passed */
export async function makeSlot(query: Query): Promise<void> {
  try {
    await query(`SELECT pg_create_logical_replication_slot(${SLOT}, 'pgoutput')::text`)
  } catch (cause) {
    if (!(cause instanceof DatabaseError) || cause.code !== STATEMENT_TIMEOUT) throw cause
    // Of another role, Postgres shows what holds a lock, and not since when.
    const [oldest] = await query(
      `SELECT COALESCE('process ' || pid || ': SELECT pg_terminate_backend(' || pid || ') ends it', 'prepared: see pg_prepared_xacts') AS text
       FROM pg_locks WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND pid IS DISTINCT FROM pg_backend_pid()
       ORDER BY age(transactionid) DESC LIMIT 1`,
    )
    const held = oldest ? ` The oldest is ${textOf(oldest, 'text')}.` : ''
    throw new NoStreamError(`Postgres makes the slot when all transactions that are open have ended.${held}`, { cause })
  }
}
