/** The application's role against what would take the audit log and the history away. */
import { Client, DatabaseError } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase, type TestDatabase } from '#lib/platform/testing/database.ts'
import {
  ensurePublication,
  ensureSlot,
  readSlot,
  requireReplication,
  type Query,
} from '#lib/delivery/changes/cdc/slot.ts'
import {
  APPLICATION_ROLE,
  applicationUrl,
  grantApplication,
  makeApplicationRole,
  makeReplicationRole,
} from './applicationRole.ts'

const NO_RIGHT = '42501'

let database: TestDatabase
let owner: Client
let application: Client
beforeAll(async () => {
  database = await freshDatabase()
  owner = new Client({ connectionString: database.url })
  await owner.connect()
  await makeApplicationRole(owner, database.url)
  await grantApplication(database.url, APPLICATION_ROLE)
  application = new Client({ connectionString: applicationUrl(database.url) })
  await application.connect()
  await application.query("INSERT INTO audit_log (actor, via, action) VALUES ('a test', 'shell', 'tokens.create')")
})
afterAll(async () => {
  await application.end()
  await owner.end()
  await database.drop()
})

async function refusal(sql: string): Promise<string | undefined> {
  try {
    await application.query(sql)
    return undefined
  } catch (error) {
    if (error instanceof DatabaseError) return error.code
    throw error
  }
}

test.each([
  "SET session_replication_role = 'replica'",
  'DELETE FROM audit_log',
  "SET evergreen.forgets_audit = 'on'; DELETE FROM audit_log",
  "UPDATE audit_log SET actor = 'mallory'",
  'TRUNCATE audit_log',
  'DELETE FROM price_changes',
  "SET evergreen.forget_price_changes = 'on'; DELETE FROM price_changes",
  "CREATE OR REPLACE FUNCTION forget_price_changes(int, int, int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
  'UPDATE order_lines SET amount_minor = 1',
  'DELETE FROM orders',
  'DELETE FROM prices',
  'ALTER TABLE audit_log DISABLE TRIGGER ALL',
  'ALTER TABLE price_changes DISABLE TRIGGER price_changes_append_only',
  'DROP TABLE audit_log',
  'DROP TRIGGER audit_log_append_only ON audit_log',
  'CREATE TABLE theirs (id int)',
  'CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$',
  "SELECT pg_read_file('/etc/passwd')",
  "COPY audit_log TO PROGRAM 'cat'",
  "COPY audit_log TO '/tmp/audit'",
  'CREATE ROLE another SUPERUSER',
  'SET ROLE evergreen',
  "UPDATE _prisma_migrations SET checksum = ''",
  'CREATE EXTENSION dblink',
  "SELECT pg_create_logical_replication_slot('theirs', 'pgoutput')",
  'CREATE PUBLICATION theirs FOR TABLE prices',
])('the application has no right to %s', async (sql) => {
  const before = await owner.query('SELECT count(*) FROM audit_log')
  expect(await refusal(sql)).toBe(NO_RIGHT)
  expect((await owner.query('SELECT count(*) FROM audit_log')).rows).toEqual(before.rows)
})

test('the role that replicates makes a slot, and reads no table', async () => {
  const client = new Client({ connectionString: await makeReplicationRole(database.url) })
  await client.connect()
  const run: Query = async (sql, values = []) => (await client.query<object>(sql, [...values])).rows
  const works: Query = async (sql, values = []) => (await application.query<object>(sql, [...values])).rows
  await requireReplication(run, works)
  await expect(run('SELECT * FROM prices')).rejects.toMatchObject({ code: NO_RIGHT })
  await expect(ensurePublication(run)).rejects.toThrow(/run npm start with MIGRATION_DATABASE_URL, or as the owner/)
  await ensurePublication(async (sql, values = []) => (await owner.query<object>(sql, [...values])).rows)
  await ensurePublication(run)
  await ensureSlot(run)
  expect(await readSlot(run)).toMatchObject({ status: 'reserved', active: false })
  await client.end()
})

test('old entries of the audit log go by a function alone, and those of the last 90 days not even so', async () => {
  const ages = async () =>
    (await owner.query("SELECT (now()::date - at::date) AS days FROM audit_log WHERE actor = 'aged' ORDER BY at")).rows
  await owner.query(`INSERT INTO audit_log (at, actor, via, action)
    SELECT now() - make_interval(days => days), 'aged', 'shell', 'tokens.create' FROM unnest(ARRAY[200, 150, 100, 80]) days`)
  expect(await refusal("SELECT forget_audit('89 days', 10)")).toBe('23001')
  expect((await ages()).length).toBe(4)
  expect((await application.query("SELECT forget_audit('90 days', 2) AS gone")).rows).toEqual([{ gone: 2 }])
  expect(await ages()).toEqual([{ days: 100 }, { days: 80 }])
  await application.query("SELECT forget_audit('90 days', 10)")
  expect(await ages()).toEqual([{ days: 80 }])
  expect(await refusal('DELETE FROM audit_log')).toBe(NO_RIGHT)
})

test('the application has the history forgotten by the function of the owner, and no other role has', async () => {
  expect(await refusal('SELECT forget_price_changes(0, 10, 10)')).toBeUndefined()
  const { rows } = await owner.query(`
    SELECT p.oid::regprocedure::text AS name FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef AND has_function_privilege('public', p.oid, 'EXECUTE')`)
  expect(rows).toEqual([])
})

test('a table that is made later gets its rights with the next grant, and what a trigger refuses it gets not', async () => {
  await owner.query('CREATE TABLE later (id serial PRIMARY KEY); CREATE TABLE frozen (id int)')
  await owner.query(`CREATE TRIGGER frozen_keep BEFORE DELETE ON frozen FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_change('a test')`)
  expect(await refusal('INSERT INTO later DEFAULT VALUES')).toBe(NO_RIGHT)
  await grantApplication(database.url, APPLICATION_ROLE)
  expect(await refusal('INSERT INTO later DEFAULT VALUES; UPDATE later SET id = 7; DELETE FROM later')).toBeUndefined()
  expect(await refusal('INSERT INTO frozen VALUES (1); UPDATE frozen SET id = 7')).toBeUndefined()
  expect(await refusal('DELETE FROM frozen')).toBe(NO_RIGHT)
})
