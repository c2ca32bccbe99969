/** Logical replication before there is a slot, while the queue is away, and with a transaction that is larger than what is held at once. */
import { Client } from 'pg'
import { expect, it, vi } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { cdcSource, drivenShop } from '../../testing/drivenShop.ts'
import { ensurePublication, ensureSlot, PUBLICATION, readSlot, type Query } from './slot.ts'
import { ReplicationStream, type Part } from './stream.ts'

const PATIENCE = { timeout: 15_000, interval: 20 }
const ROWS = 45_000
const MOST_ROWS_A_PART = 10_000
const MOST_ROWS_AT_ONCE = 3 * MOST_ROWS_A_PART

const shop = drivenShop(30)

const query: Query = (sql, values = []) => db().$queryRawUnsafe<object[]>(sql, ...values)

async function textOf(sql: string): Promise<string> {
  const [row] = await query(`SELECT (${sql})::text AS text`)
  return String(Reflect.get(row ?? {}, 'text'))
}

it('follows the outbox while an open transaction keeps Postgres from making the slot, and names it', async () => {
  const open = new Client(shop.catalog.url)
  await open.connect()
  await open.query('BEGIN; SELECT pg_current_xact_id()')
  try {
    shop.start(cdcSource({ fallBackMs: 1_000 }))
    await vi.waitUntil(async () => (await readSlot(query))?.active === true, PATIENCE)
    const ids = await shop.change(4)
    await vi.waitFor(async () => expect(await shop.handedOver()).toEqual(expect.arrayContaining(ids)), PATIENCE)
    await vi.waitFor(async () => {
      const [alert] = await shop.catalog.db.alert.findMany({ where: { kind: 'change-stream-lost' } })
      expect(alert?.summary).toMatch(
        /when all transactions that are open have ended\. The oldest is process \d+: SELECT/,
      )
    }, PATIENCE)
    const later = await shop.change(5)
    await vi.waitFor(async () => expect(await shop.handedOver()).toEqual(expect.arrayContaining(later)), PATIENCE)
  } finally {
    await open.end()
  }
  await vi.waitUntil(shop.isRead, PATIENCE)
})

it('confirms nothing while the queue is away, and hands over what came when it is back', async () => {
  shop.start(cdcSource())
  await vi.waitUntil(shop.isRead, PATIENCE)
  const first = await shop.change(1)
  await vi.waitFor(async () => expect(await shop.handedOver()).toEqual(expect.arrayContaining(first)), PATIENCE)
  await shop.queueProxy.cut()
  const before = await textOf('pg_current_wal_lsn()')
  const ids = await shop.change(2, 3)
  const after = await textOf('pg_current_wal_lsn()')
  const isTrue = async (condition: string) => {
    const rows = await query(
      `SELECT 1 FROM pg_stat_replication r JOIN pg_replication_slots s ON s.active_pid = r.pid
       WHERE s.database = current_database() AND ${condition}`,
    )
    return rows.length > 0
  }
  try {
    await vi.waitFor(async () => expect(await shop.behind()).toEqual([]), PATIENCE)
    await vi.waitUntil(() => isTrue(`r.sent_lsn >= '${after}'`), PATIENCE)
    const sent = await textOf('clock_timestamp()')
    await vi.waitUntil(() => isTrue(`r.reply_time > '${sent}'`), PATIENCE)
    expect(await isTrue(`s.confirmed_flush_lsn <= '${before}'`), 'it has answered since').toBe(true)
  } finally {
    await shop.queueProxy.heal()
  }
  await vi.waitFor(async () => expect(await shop.handedOver()).toEqual(expect.arrayContaining(ids)), PATIENCE)
  await vi.waitUntil(() => isTrue(`s.confirmed_flush_lsn >= '${after}'`), PATIENCE)
})

it(`takes a transaction of ${ROWS} rows in parts, and holds no more than three of them`, async () => {
  await shop.catalog.db.$executeRawUnsafe('CREATE TABLE inventory (sku text PRIMARY KEY, on_hand integer NOT NULL)')
  await ensurePublication(query, { inventory: { keyColumn: 'sku', apply: '' } })
  await vi.waitUntil(async () => (await readSlot(query))?.active !== true, PATIENCE)
  const slot = await ensureSlot(query)
  await shop.catalog.db.$executeRawUnsafe(
    `INSERT INTO inventory SELECT 'sku ' || n, n FROM generate_series(1, ${ROWS}) AS n`,
  )
  const stream = new ReplicationStream({
    url: shop.catalog.url,
    slot: slot.name,
    publication: PUBLICATION,
    from: slot.confirmed,
  })
  const parts: Part[] = []
  await vi.waitUntil(async () => {
    const come = await stream.next(100)
    expect(come.reduce((sum, { rows }) => sum + rows.length, 0)).toBeLessThanOrEqual(MOST_ROWS_AT_ONCE)
    parts.push(...come.filter(({ rows }) => rows.some(({ table }) => table === 'inventory')))
    return parts.at(-1)?.end !== undefined
  }, PATIENCE)
  await stream.close()
  expect(parts.map(({ rows, end }) => [rows.length, end !== undefined])).toEqual([
    ...Array.from({ length: 4 }, () => [MOST_ROWS_A_PART, false]),
    [ROWS - 4 * MOST_ROWS_A_PART, true],
  ])
  expect(new Set(parts.map(({ xid }) => xid)).size).toBe(1)
})
