/** `lib/coherence/sql/versioned.sql` in a database that has nothing of the shop. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { emptyDatabase, freshDatabase, type TestDatabase } from '#lib/platform/testing/database.ts'

const VERSIONED_SQL = readFileSync(path.join(import.meta.dirname, '../../lib/coherence/sql/versioned.sql'), 'utf8')
const RESTRICT_VIOLATION = '23001'

let database: TestDatabase
let client: pg.Client
let notified = 0
beforeAll(async () => {
  database = await emptyDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query(VERSIONED_SQL)
  client.on('notification', () => (notified += 1))
  await client.query('LISTEN evergreen_outbox')
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

const query = async (sql: string): Promise<unknown[]> => (await client.query<Record<string, unknown>>(sql)).rows

/** The rows that `sql` wrote to the outbox, the oldest first, and the number of times that it woke the relay. */
async function written(sql: string) {
  await client.query('TRUNCATE outbox')
  notified = 0
  await client.query(sql)
  // Notifications of a session's own commit come before the answer to its next query.
  const rows = await query('SELECT topic, entity_ids AS ids, versions::int[] FROM outbox ORDER BY id')
  return { rows, notified }
}
const one = (ids: number[], versions: number[]) => ({ rows: [{ topic: 'article', ids, versions }], notified: 1 })
const NOTHING = { rows: [], notified: 0 }
const versions = async () =>
  Object.fromEntries(
    (await client.query<[number, number]>({ text: 'SELECT nr, v::int FROM articles', rowMode: 'array' })).rows,
  )

describe('a table made versioned with one call', () => {
  beforeEach(async () => {
    await client.query(`
      DROP TABLE IF EXISTS articles;
      CREATE TABLE articles (nr serial PRIMARY KEY, title text NOT NULL, body json, price numeric, reads int NOT NULL DEFAULT 0,
        v bigint NOT NULL DEFAULT 1, made_at timestamptz);
      SELECT make_versioned('article', 'articles', '{title,body,price}', id_column => 'nr', version_column => 'v', time_column => 'made_at');
      INSERT INTO articles (title, body, v, made_at) SELECT 'Title', '{}', 99, '2001-01-01' FROM generate_series(1, 3)`)
  })

  test('stamps version 1 and the time on a new row, and delivers nothing', async () => {
    expect(await versions()).toEqual({ 1: 1, 2: 1, 3: 1 })
    expect(await query(`SELECT 1 FROM articles WHERE made_at < clock_timestamp() - interval '1 hour'`)).toEqual([])
    expect(await written(`INSERT INTO articles (title) VALUES ('New')`)).toEqual(NOTHING)
  })

  test('raises the version and the time by a change of a listed column, and delivers it', async () => {
    const [before] = await query('SELECT made_at FROM articles WHERE nr = 2')
    expect(await written(`UPDATE articles SET title = 'Other', v = 0 WHERE nr = 2`)).toEqual(one([2], [2]))
    expect(await written(`UPDATE articles SET body = NULL WHERE nr = 2`)).toEqual(one([2], [3]))
    expect(await versions()).toEqual({ 1: 1, 2: 3, 3: 1 })
    expect(await query('SELECT made_at FROM articles WHERE nr = 2')).not.toEqual([before])
  })

  test('dates a change that is prepared ahead at the time that its transaction names, unless that is over', async () => {
    const dates = async (time: string) => {
      await client.query(`TRUNCATE outbox; BEGIN; SELECT set_config('evergreen.effective_at', '${time}', true);
        UPDATE articles SET title = title || '!' WHERE nr = 2; COMMIT`)
      return (
        await client.query<{ stamped: Date; sent: Date }>(
          'SELECT made_at AS stamped, o.created_at AS sent FROM articles, outbox o WHERE nr = 2',
        )
      ).rows
    }
    const time = new Date('2100-01-01T12:00:00Z')
    expect(await dates(time.toISOString())).toEqual([{ stamped: time, sent: time }])
    const [late] = await dates('2001-01-01')
    expect(Number(late?.stamped)).toBeGreaterThan(Date.now() - 60_000)
    expect(Number(late?.sent)).toBeGreaterThan(Date.now() - 60_000)
  })

  test.each([
    ['price', '1.5', '1.50'],
    ['body', `'{"a": 1}'`, `'{"a":1}'`],
  ])('takes %s for changed when it is shown differently, from %s to %s', async (column, from, to) => {
    await client.query(`UPDATE articles SET ${column} = ${from} WHERE nr = 1`)
    expect(await written(`UPDATE articles SET ${column} = ${to} WHERE nr = 1`)).toEqual(one([1], [3]))
  })

  test.each([
    ['a column that is not listed', `UPDATE articles SET reads = reads + 1, made_at = '2001-01-01'`],
    ['nothing', `UPDATE articles SET title = title, body = body, price = price, v = v`],
    ['the version, downwards', `UPDATE articles SET v = v - 1`],
    ['no row', `UPDATE articles SET title = 'Other' WHERE false`],
  ])('changes and delivers nothing when a writer changes %s', async (_what, sql) => {
    const before = await query('SELECT v, made_at FROM articles ORDER BY nr')
    expect(await written(sql)).toEqual(NOTHING)
    expect(await query('SELECT v, made_at FROM articles ORDER BY nr')).toEqual(before)
  })

  test('raises the version by one when the writer raised it, as a purge does', async () => {
    expect(await written('UPDATE articles SET v = v + 1000 WHERE nr = 3')).toEqual(one([3], [2]))
  })

  test('delivers only those rows of a statement that changed, in the order of their ids', async () => {
    await client.query(`UPDATE articles SET title = 'Other' WHERE nr = 2`)
    expect(await written(`UPDATE articles SET title = 'Other'`)).toEqual(one([1, 3], [2, 2]))
  })

  test('sees what other triggers make of a row', async () => {
    await client.query(`
      CREATE OR REPLACE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.title := upper(NEW.title); RETURN NEW; END';
      CREATE TRIGGER with_capitals BEFORE UPDATE ON articles FOR EACH ROW EXECUTE FUNCTION shout()`)
    expect(await written('UPDATE articles SET reads = 1 WHERE nr = 1')).toEqual(one([1], [2]))
  })

  test.each(['DELETE FROM articles', 'TRUNCATE articles', 'UPDATE articles SET nr = nr + 10'])(
    'refuses %s, after which a version would start again',
    async (sql) => {
      await expect(client.query(sql)).rejects.toMatchObject({ code: RESTRICT_VIOLATION })
      expect(await versions()).toEqual({ 1: 1, 2: 1, 3: 1 })
    },
  )

  test('has no version that JavaScript cannot distinguish from its neighbours', async () => {
    await client.query('BEGIN; SET LOCAL session_replication_role = replica')
    const beyond = client.query(`UPDATE articles SET v = ${2n ** 53n}`)
    await expect(beyond).rejects.toMatchObject({ constraint: 'articles_version_exact' })
    await client.query('ROLLBACK')
  })

  test('ends or begins to deliver, and lists other columns, when the call is made again', async () => {
    const again = (columns: string, rest: string) =>
      client.query(
        `SELECT make_versioned('article', 'articles', '${columns}', id_column => 'nr', version_column => 'v', ${rest})`,
      )
    await again('{reads}', 'touchable => false, deliver_inserts => true')
    expect(await written(`INSERT INTO articles (title) VALUES ('New')`)).toEqual(one([4], [1]))
    expect(await written('UPDATE articles SET reads = reads + 1 WHERE nr < 3')).toEqual(one([1, 2], [2, 2]))
    expect(await written(`UPDATE articles SET title = 'Other', v = v + 1`)).toEqual(NOTHING)
    await again('{}', 'deliver_inserts => false')
    expect(await written(`INSERT INTO articles (title) VALUES ('New')`)).toEqual(NOTHING)
    expect(await written('UPDATE articles SET reads = reads + 1')).toEqual(NOTHING)
    expect(await written('UPDATE articles SET v = v + 1 WHERE nr = 4')).toEqual(one([4], [2]))
  })

  test('changes many rows as fast in a session that changed single ones before', async () => {
    await client.query(`INSERT INTO articles (title) SELECT 'Title' FROM generate_series(1, 20000)`)
    for (let i = 0; i < 10; i++) await client.query(`UPDATE articles SET price = ${i} WHERE nr = 1`)
    // A plan of nested loops, made for one row, compares each of these rows with each: 400,000,000 times, some 20 s.
    await client.query(`SET statement_timeout = '5s'`)
    await client.query(`UPDATE articles SET title = 'Other'`)
    await client.query('RESET statement_timeout')
    expect(await query('SELECT count(*)::int AS rows FROM articles WHERE v < 2')).toEqual([{ rows: 0 }])
  })
})

describe('make_versioned refuses, changes nothing and says why', () => {
  beforeAll(() =>
    client.query(`
      CREATE TABLE taken (id int PRIMARY KEY, version bigint NOT NULL);
      SELECT make_versioned('taken', 'taken', '{id}');
      CREATE TABLE notes (id int PRIMARY KEY, small smallint UNIQUE NOT NULL, twin int NOT NULL, loose int UNIQUE,
        text text, twice int GENERATED ALWAYS AS (twin * 2) STORED,
        version bigint NOT NULL, int_version int NOT NULL, null_version bigint, at timestamptz, local timestamp);
      CREATE VIEW notes_view AS SELECT * FROM notes;
      CREATE TABLE parted (id int PRIMARY KEY, version bigint NOT NULL) PARTITION BY RANGE (id)`),
  )

  test.each([
    [`'Note', 'notes', '{text}'`, 'a kind is up to 40 lower-case letters, digits and hyphens, the first a letter'],
    [`'${'n'.repeat(41)}', 'notes', '{text}'`, 'a kind is up to 40 lower-case letters, digits and hyphens'],
    [`NULL, 'notes', '{text}'`, 'a kind is up to 40 lower-case letters'],
    [`'note', 'nothing', '{text}'`, 'relation "nothing" does not exist'],
    [`'note', 'notes_view', '{text}'`, `make_versioned('note', 'notes_view'): this is not an ordinary table`],
    [`'note', 'parted', '{id}'`, 'this is not an ordinary table'],
    [`'note', 'notes', NULL`, 'columns must be a list of names'],
    [`'note', 'notes', '{}', touchable => false`, 'its versions would never grow'],
    [`'note', 'notes', '{text,titel,texd}'`, 'there is no column texd; there is no column titel'],
    [`'note', 'notes', '{text,version}'`, 'column version is stamped and cannot be listed'],
    [`'note', 'notes', '{at}', time_column => 'at'`, 'column at is stamped and cannot be listed'],
    [`'note', 'notes', '{twice}'`, 'column twice is generated: list the columns that it is made from'],
    [`'note', 'notes', '{text}', id_column => 'nr'`, 'there is no column nr'],
    [`'note', 'notes', '{text}', id_column => 'small'`, 'column small must be integer, not smallint'],
    [`'note', 'notes', '{text}', id_column => 'twin'`, 'column twin must be unique'],
    [`'note', 'notes', '{text}', id_column => 'loose'`, 'column loose must be NOT NULL'],
    [`'note', 'notes', '{text}', version_column => 'v'`, 'there is no column v'],
    [`'note', 'notes', '{text}', version_column => 'int_version'`, 'column int_version must be bigint, not integer'],
    [`'note', 'notes', '{text}', version_column => 'null_version'`, 'column null_version must be NOT NULL'],
    [
      `'note', 'notes', '{text}', time_column => 'local'`,
      'column local must be timestamp with time zone, not timestamp',
    ],
    [`'taken', 'notes', '{text}'`, 'the kind is that of taken'],
    [`'note', 'taken', '{id}'`, 'the table has another kind; DROP FUNCTION stamp_version_of_taken() CASCADE ends that'],
  ])('make_versioned(%s)', async (call, reason) => {
    const triggers = () => query('SELECT tgrelid, tgname, tgfoid FROM pg_trigger ORDER BY 1, 2')
    const before = await triggers()
    await expect(client.query(`SELECT make_versioned(${call})`)).rejects.toThrow(reason)
    expect(await triggers()).toEqual(before)
  })
})

describe('the migrations', () => {
  /** The definitions that both make, by name, without those that only the shop has. */
  const CREATED = `
    SELECT p.oid::regprocedure::text AS name, pg_get_functiondef(p.oid) AS definition FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.proname IN ('change_context', 'write_outbox', 'refuse_change', 'make_versioned', 'database_identity', 'raise_versions', 'forget_outbox')
    UNION ALL SELECT 'column ' || attname, concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, attstorage, pg_get_expr(adbin, adrelid))
    FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attrelid IN ('outbox'::regclass, 'index_term'::regclass) AND attnum > 0 AND NOT attisdropped
    UNION ALL SELECT conname, replace(pg_get_constraintdef(oid), ' NOT VALID', '') FROM pg_constraint WHERE conrelid IN ('outbox'::regclass, 'index_term'::regclass)
    UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('outbox', 'index_term')
    AND indexname NOT IN ('outbox_entities_idx', 'outbox_correlation_id_idx') -- of the receipts in the back office
    ORDER BY 1, 2`

  test('make the same functions and the same tables as versioned.sql', async () => {
    const migrated = await freshDatabase()
    const shop = new pg.Client({ connectionString: migrated.url })
    await shop.connect()
    try {
      const expected = await query(CREATED)
      expect((await shop.query<Record<string, unknown>>(CREATED)).rows).toEqual(expected)
      expect(expected.length).toBeGreaterThan(20)
    } finally {
      await shop.end()
      await migrated.drop()
    }
  })
})

test('a session that has written a few times plans nothing anew for the next row of the outbox', async () => {
  const write = `SELECT write_outbox('article', '{1}', '{1}')`
  // The first five times Postgres plans each statement of a function for its values.
  for (let i = 0; i < 10; i++) await client.query(write)
  let planned = 0
  const count = ({ message }: { message: string | undefined }) => void (message === 'PLANNER STATISTICS' && planned++)
  client.on('notice', count)
  await client.query('SET client_min_messages = log; SET log_planner_stats = on')
  await client.query(write)
  await client.query('RESET log_planner_stats; RESET client_min_messages')
  client.off('notice', count)
  expect(planned, 'the call alone').toBe(1)
})
