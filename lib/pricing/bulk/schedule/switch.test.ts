/** The start and the end of a sale: each is one commit at its time, and every reader sees all of it or nothing. */
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { bulkQueue } from '#lib/queue/bulkQueue.ts'
import { PricesBusyError } from '../../errors.ts'
import { changeMeant } from '../../testing/changeMeant.ts'
import { priceStores, type PriceStores } from '../../testing/priceStores.ts'
import { person } from '../../testing/principals.ts'
import { planSale } from '../../testing/sales.ts'
import { bulkEditRows } from '../bulkEdits.ts'
import { BulkEditStateError } from '../errors.ts'
import { dueSwitches } from './dueSwitches.ts'
import { endDue } from './scheduleEnd.ts'
import { startDue } from './scheduleRun.ts'
import { cancelSchedule, schedule, updateSchedule } from './schedules.ts'

/** More than one part, and more than one script of the index. */
const PRODUCTS = 3_000
/** Seconds from now at which a sale switches: its preparation begins 1.5 s before and takes less. */
const SOON_S = 2
const admin = person('admin')
const all = Array.from({ length: PRODUCTS }, (_, i) => i + 1)
/** So few that they are prepared long before their time also on a busy machine. */
const some = all.slice(0, 300)
/** Others, of a sale that is as small as one can be. */
const few = [1, 2, 3, 4, 5].map((i) => PRODUCTS + i)

let stores: PriceStores
let reader: pg.Client
let other: pg.Client
beforeAll(async () => {
  stores = await priceStores(PRODUCTS + few.length)
  const connection = { connectionString: stores.database.url }
  ;[reader, other] = [new pg.Client(connection), new pg.Client(connection)]
  await Promise.all([reader.connect(), other.connect()])
})
afterAll(async () => {
  await Promise.all([reader.end(), other.end()])
  await bulkQueue().close()
  await stores.close()
})

/** Aborted with the test. */
let over = new AbortController()
const underWay: Promise<unknown>[] = []
/** What a failed test has left planned, shown or under way is none of the next one's. */
afterEach(async () => {
  over.abort()
  await Promise.allSettled(underWay.splice(0))
  over = new AbortController()
  const open = await db().priceSchedule.findMany({ where: { state: { in: ['pending', 'running'] } } })
  for (const { id, state } of open) await (state === 'pending' ? cancelSchedule(admin, id) : move(id, 'ends_at', 0))
  while ((await endDue()) !== undefined);
})

/** Moves a time of a schedule. @returns the time, as Postgres will compare it */
async function move(id: string, what: 'starts_at' | 'ends_at', seconds: number): Promise<Date> {
  const { rows } = await reader.query<{ at: Date }>(
    `UPDATE price_schedules SET ${what} = date_trunc('milliseconds', clock_timestamp()) + make_interval(secs => $2) WHERE id = $1 RETURNING ${what} AS at`,
    [id, seconds],
  )
  return rows[0]?.at ?? new Date(Number.NaN)
}

/** Counts the prices of the sale, by one statement after another, until it has switched. */
async function watched(id: string, until: number, watcher = reader): Promise<{ seen: Set<number>; at: Date }> {
  const { signal } = over
  const seen = new Set<number>()
  for (;;) {
    signal.throwIfAborted()
    const { rows } = await watcher.query<{ shown: number; now: Date }>(
      'SELECT count(*)::int AS shown, statement_timestamp() AS now FROM prices WHERE sale_id = $1',
      [id],
    )
    const [row] = rows
    if (!row) throw new Error('no row')
    seen.add(row.shown)
    if (row.shown === until) return { seen, at: row.now }
  }
}

const changedAt = async (productId: number) =>
  (await db().priceChange.findFirstOrThrow({ where: { productId }, orderBy: { version: 'desc' } })).changedAt.getTime()

/** @returns milliseconds after `start` until which the jobs of the last change of a price are put off; null when they are not */
async function putOffMs(productId: number, start: Date): Promise<number | null | undefined> {
  const { rows } = await reader.query<{ ms: number | null }>(
    `SELECT EXTRACT(EPOCH FROM retry_at - $2::timestamptz)::float8 * 1000 AS ms FROM outbox
     WHERE topic = 'price' AND $1 = ANY(entity_ids) ORDER BY id DESC LIMIT 1`,
    [productId, start],
  )
  return rows[0]?.ms
}

/** Acts as a worker, which looks until the preparation is due, or the test is over. */
function whenDue<T>(look: () => Promise<T | undefined>): Promise<T> {
  const { signal } = over
  const looking = async () => {
    for (;;) {
      const done = await look()
      if (done !== undefined) return done
      signal.throwIfAborted()
      await reader.query('SELECT pg_sleep(0.02)')
    }
  }
  const done = looking()
  underWay.push(done)
  return done
}

/** Waits until a worker holds the prices of a sale, ready for its time. */
const isReady = (id: string) =>
  expect.poll(async () => (await schedule(admin, id)).switching, { interval: 20, timeout: 10_000 }).toBe('ready')

test('switches all prices of a sale by one commit, not before its time, and back at its end', async () => {
  const id = await planSale({ percent: '-20', products: all })
  const small = await planSale({ percent: '-20', products: few })
  const startsAt = await move(id, 'starts_at', SOON_S)
  const smallStartsAt = await move(small, 'starts_at', SOON_S)
  const [start, smallStart] = await Promise.all([
    watched(id, PRODUCTS),
    watched(small, few.length, other),
    whenDue(startDue),
    whenDue(startDue),
  ])
  expect(start.seen).toEqual(new Set([0, PRODUCTS]))
  expect(start.at.getTime()).toBeGreaterThanOrEqual(startsAt.getTime())
  const [first, firstOfSmall] = [await changedAt(1), await changedAt(PRODUCTS + 1)]
  const smallLateMs = smallStart.at.getTime() - firstOfSmall
  expect(await schedule(admin, id)).toMatchObject({ state: 'running', message: null, switching: null })
  expect(first, 'history says when it was shown').toBeGreaterThanOrEqual(startsAt.getTime())
  expect(await putOffMs(1, startsAt), 'readers come first').toBeGreaterThanOrEqual(1_000)
  expect(await putOffMs(PRODUCTS + 1, smallStartsAt)).toBeNull()

  const endsAt = await move(id, 'ends_at', SOON_S)
  const [end] = await Promise.all([watched(id, 0), whenDue(endDue)])
  expect(end.seen).toEqual(new Set([PRODUCTS, 0]))
  expect(end.at.getTime()).toBeGreaterThanOrEqual(endsAt.getTime())
  // From its time, or from when a slow machine had prepared it. Of the two a busy machine delays one.
  const lateMs = Math.min(start.at.getTime() - first, end.at.getTime() - (await changedAt(1)))
  expect(lateMs, `one of ${few.length} is ${smallLateMs} ms late`).toBeLessThan(100 + 5 * smallLateMs)
  expect(await schedule(admin, id)).toMatchObject({ state: 'done', message: null })
})

test('has done nothing where its worker dies before the commit, and another one starts it', async () => {
  const id = await planSale({ percent: '-10', products: some })
  await move(id, 'starts_at', SOON_S)
  const died = whenDue(startDue).then(
    () => undefined,
    (error: unknown) => error,
  )
  await isReady(id)
  await reader.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()
       AND (backend_xid IS NOT NULL)`,
  )
  expect(await died).toBeInstanceOf(Error)
  const { rows } = await reader.query('SELECT FROM prices WHERE sale_id IS NOT NULL')
  expect(rows).toEqual([])
  expect(await schedule(admin, id)).toMatchObject({ state: 'pending', switching: null })
  expect(await whenDue(startDue)).toBeTypeOf('string')
  expect((await watched(id, some.length)).seen).toEqual(new Set([some.length]))
})

test('cannot be cancelled while it is prepared, and says so', async () => {
  const id = await planSale({ percent: '-10', products: some })
  await move(id, 'starts_at', SOON_S)
  const started = whenDue(startDue)
  await isReady(id)
  const refusal = await cancelSchedule(admin, id).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(BulkEditStateError)
  expect(String(refusal)).toContain('It is being started now')
  await started
  expect(await cancelSchedule(admin, id)).toMatchObject({ state: 'running' })
  await whenDue(endDue)
  expect((await watched(id, 0)).seen).toEqual(new Set([0]))
})

test('refuses a row alone that a newer constraint refuses', async () => {
  const id = await planSale({ percent: '-10', products: all })
  const { bulkEditId } = await schedule(admin, id)
  await reader.query(
    `ALTER TABLE sale_prices ADD CONSTRAINT newer_than_the_preview CHECK (product_id NOT IN (7, 2900)) NOT VALID`,
  )
  try {
    await move(id, 'starts_at', 0.001)
    expect(await whenDue(startDue)).toBe(bulkEditId)
  } finally {
    await reader.query('ALTER TABLE sale_prices DROP CONSTRAINT newer_than_the_preview')
  }
  const { rows } = await bulkEditRows(admin, bulkEditId, { state: 'refused', offset: 0, limit: 10 })
  expect(rows.map(({ productId }) => productId)).toEqual([7, 2900])
  expect(rows[0]?.message).toMatch(/refuses this price.*newer_than_the_preview/)
  const { rows: shown } = await reader.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM prices WHERE sale_id = $1',
    [id],
  )
  expect(shown[0]?.n).toBe(PRODUCTS - 2)
})

test('shows no base price between two sales of which one begins when the other ends', async () => {
  const first = await planSale({ percent: '-10', products: [...some, ...few] })
  await move(first, 'starts_at', 0.001)
  await whenDue(startDue)
  const second = await planSale({ percent: '-20', products: some })
  const at = await move(first, 'ends_at', SOON_S)
  await reader.query('UPDATE price_schedules SET starts_at = $2 WHERE id = $1', [second, at])
  const ended = whenDue(endDue)
  await isReady(first)
  const [bare, begun] = [new Set<number>(), whenDue(startDue)]
  for (let sale: string | null = first; sale !== second;) {
    const { rows } = await reader.query<{ bare: number; sale: string | null }>(
      'SELECT count(*) FILTER (WHERE sale_id IS NULL)::int AS bare, max(sale_id::text) AS sale FROM prices WHERE product_id = ANY($1)',
      [some],
    )
    bare.add(rows[0]?.bare ?? -1)
    sale = rows[0]?.sale ?? null
  }
  await Promise.all([ended, begun])
  expect([...bare]).toEqual([0])
  const few_ = await reader.query('SELECT FROM prices WHERE product_id = ANY($1) AND sale_id IS NULL', [few])
  expect(few_.rowCount, 'what no other sale follows has ended').toBe(few.length)
  await reader.query("UPDATE price_schedules SET ended_at = ended_at - interval '5 seconds' WHERE id = $1", [first])
  await whenDue(endDue)
  expect(await schedule(admin, first)).toMatchObject({ state: 'done', problem: null, message: null })
  expect((await watched(second, some.length)).seen).toEqual(new Set([some.length]))
})

test('ends a sale at once when the one that was to follow is cancelled after its end was prepared', async () => {
  const first = await planSale({ percent: '-10', products: few })
  await move(first, 'starts_at', 0.001)
  await whenDue(startDue)
  const second = await planSale({ percent: '-20', products: few })
  const at = await move(first, 'ends_at', 0.001)
  await reader.query('UPDATE price_schedules SET starts_at = $2 WHERE id = $1', [second, at])
  // As its end leaves it, which was prepared while the other sale was planned.
  await reader.query('UPDATE price_schedules SET ended_at = ends_at WHERE id = $1', [first])
  await cancelSchedule(admin, second)
  expect(await dueSwitches('end'), 'what is still shown is due').toContain(first)
  await whenDue(endDue)
  expect(await schedule(admin, first)).toMatchObject({ state: 'done', problem: null })
  const bare = await reader.query('SELECT FROM prices WHERE product_id = ANY($1) AND sale_id IS NULL', [few])
  expect(bare.rowCount).toBe(few.length)
})

test('starts two sales of the same products at the same time, one after the other', async () => {
  const sales = [
    await planSale({ percent: '-10', products: all, priority: 1 }),
    await planSale({ percent: '-30', products: all, priority: 2 }),
  ]
  for (const id of sales) await move(id, 'starts_at', SOON_S)
  await Promise.all([whenDue(startDue), whenDue(startDue)])
  const [low, high] = await Promise.all(sales.map((id) => schedule(admin, id)))
  expect([low?.state, high?.state]).toEqual(['running', 'running'])
  expect((await watched(sales[1] ?? '', PRODUCTS)).seen).toEqual(new Set([PRODUCTS]))
})

test('other times of a running sale, and an edit of a price, wait for a sale that begins, or say that the prices are busy', async () => {
  const running = await planSale({ percent: '-10', products: [1, 2, 3], priority: 3 })
  await move(running, 'starts_at', 0.001)
  await whenDue(startDue)
  const tomorrow = (hours: number) => ({
    startsAt: '2026-01-01T00:00',
    endsAt: new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 16),
    timeZone: 'UTC',
  })
  const change = (amountMinor: number) =>
    changeMeant({ changes: [{ productId: 2, amountMinor }], reason: 'By hand', source: 'editor' }, admin)
  const timed = async (work: Promise<unknown>) => {
    const started = performance.now()
    const [{ status, ...why }] = await Promise.allSettled([work])
    return { status, why, ms: Math.round(performance.now() - started) }
  }
  const other = tomorrow(24)

  const over = await planSale({ percent: '-20', products: some })
  const startsAt = await move(over, 'starts_at', SOON_S)
  const begun = whenDue(startDue)
  await isReady(over)
  const waited = await Promise.all([timed(updateSchedule(admin, running, other)), timed(change(5_000))])
  expect(waited.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
  expect(Date.now(), 'the prices were held until then').toBeGreaterThanOrEqual(startsAt.getTime())
  await begun

  await reader.query('BEGIN')
  await reader.query('SELECT FROM prices WHERE product_id = 2 FOR NO KEY UPDATE')
  const { why, ms } = await timed(updateSchedule(admin, running, tomorrow(48))).finally(() => reader.query('ROLLBACK'))
  expect(why).toEqual({ reason: expect.any(PricesBusyError) })
  expect(String(Object(why).reason)).toContain('The prices are busy, nothing was saved. Try again.')
  // Postgres would end the statement by itself, after ten.
  expect(ms).toBeLessThan(8_000)
  expect((await schedule(admin, running)).endsAt).toBe(`${other.endsAt}:00+00:00`)
})
