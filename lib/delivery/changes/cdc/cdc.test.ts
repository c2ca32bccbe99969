/** Logical replication alone, and its recovery from a lost slot. */
import { Client } from 'pg'
import { describe, expect, it, vi } from 'vitest'
import { coherence } from '#lib/catalog/coherence.ts'
import type { ForeignTables } from '#lib/catalog/foreignTables.ts'
import { db } from '#lib/platform/db.ts'
import { cdcSource, drivenShop } from '../../testing/drivenShop.ts'
import { changesOf, recordMissing } from './streamedChanges.ts'
import { ensurePublication, ensureSlot, PUBLICATION, readSlot, requireReplication, type Query } from './slot.ts'
import { ReplicationStream, type Part } from './stream.ts'

const PATIENCE = { timeout: 10_000, interval: 20 }

const shop = drivenShop(30)

const query: Query = (sql, values = []) => db().$queryRawUnsafe<object[]>(sql, ...values)
const sql = (text: string) => shop.catalog.db.$executeRawUnsafe(text)
const raise = (...ids: number[]) =>
  sql(`UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id IN (${ids.join()})`)
const ownTrigger = (verb: 'ENABLE' | 'DISABLE') => sql(`ALTER TABLE prices ${verb} TRIGGER aa_write_outbox`)

async function expectInIndex(): Promise<void> {
  await vi.waitFor(async () => expect(await shop.behind()).toEqual([]), PATIENCE)
}

/** A source that streams, from a slot that is made. */
async function streaming(source = cdcSource()): Promise<() => Promise<void>> {
  const stop = shop.start(source)
  await vi.waitUntil(shop.isRead, PATIENCE)
  const ids = await shop.change(1)
  await vi.waitFor(async () => expect(await shop.handedOver()).toEqual(expect.arrayContaining(ids)), PATIENCE)
  return stop
}

/** Runs what no trigger writes down, so that only the stream can bring it. */
async function withoutOutbox(run: () => Promise<unknown>): Promise<void> {
  await ownTrigger('DISABLE')
  await run().finally(() => ownTrigger('ENABLE'))
}

it('delivers a change that no trigger wrote into the outbox', async () => {
  await streaming()
  await withoutOutbox(() => raise(2, 3))
  await expectInIndex()
  const rows = await shop.catalog.db.outbox.findMany({ where: { entityIds: { equals: [2, 3] } } })
  expect(rows).toMatchObject([{ topic: 'price' }])
  await vi.waitFor(async () => expect(await shop.handedOver()).toContain(String(rows[0]?.id)), PATIENCE)
})

it('goes on after ALTER TABLE, also within the transaction of a change', async () => {
  await streaming()
  await withoutOutbox(async () => {
    await shop.catalog.db.$transaction(async (tx) => {
      await tx.$executeRawUnsafe('UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = 4')
      await tx.$executeRawUnsafe('ALTER TABLE prices ADD COLUMN note text')
      await tx.$executeRawUnsafe(`UPDATE prices SET amount_cents = amount_cents + 1, note = 'x' WHERE product_id = 5`)
    })
    await sql('ALTER TABLE prices DROP COLUMN note')
    await raise(6)
  })
  await expectInIndex()
})

it('confirms what an idle shop writes elsewhere, by marks of its own', async () => {
  await streaming()
  const confirmed = (await readSlot(query))?.confirmed
  await sql('UPDATE heartbeats SET beat_at = beat_at')
  await vi.waitFor(async () => expect((await readSlot(query))?.confirmed).not.toBe(confirmed), PATIENCE)
})

it('confirms nothing that was sent before it is in the outbox', async () => {
  await streaming()
  const lock = new Client(shop.catalog.url)
  await lock.connect()
  await lock.query('BEGIN; LOCK TABLE outbox IN EXCLUSIVE MODE')
  const now = async () => {
    const [row] = await query('SELECT pg_current_wal_lsn()::text AS lsn')
    return String(Reflect.get(row ?? {}, 'lsn'))
  }
  let before = ''
  await withoutOutbox(async () => {
    before = await now()
    await raise(16)
  })
  const after = await now()
  const found = async (condition: string) => {
    const rows = await query(
      `SELECT 1 FROM pg_stat_replication r JOIN pg_replication_slots s ON s.active_pid = r.pid
       WHERE s.database = current_database() AND ${condition}`,
    )
    return rows.length > 0
  }
  try {
    await vi.waitUntil(() => found(`r.sent_lsn >= '${after}'`), PATIENCE)
    const [sent] = await query('SELECT clock_timestamp()::text AS at')
    await vi.waitUntil(() => found(`r.reply_time > '${String(Reflect.get(sent ?? {}, 'at'))}'`), PATIENCE)
    expect(await found(`s.confirmed_flush_lsn <= '${before}'`), 'it has answered since').toBe(true)
  } finally {
    await lock.end()
  }
  await vi.waitUntil(() => found(`s.confirmed_flush_lsn >= '${after}'`), PATIENCE)
  await expectInIndex()
})

it('goes on where it was, when what it had heard of was not handed on', async () => {
  const stop = await streaming()
  await stop()
  await unread()
  await withoutOutbox(() => raise(7))
  const slot = await readSlot(query)
  // A session that hears of it and dies.
  const heard = await open(slot?.name ?? '', slot?.confirmed ?? '')
  await vi.waitUntil(async () => changesOf(await heard.next(100)).some(({ id }) => id === 7), PATIENCE)
  await heard.close()
  expect(await shop.behind()).toEqual([7])
  shop.start(cdcSource())
  await expectInIndex()
})

/** A session that was closed here is over for Postgres a moment later. */
const unread = () => vi.waitUntil(async () => (await readSlot(query))?.active !== true, PATIENCE)

async function open(slot: string, from: string): Promise<ReplicationStream> {
  return new ReplicationStream({ url: shop.catalog.url, slot, publication: PUBLICATION, from })
}

it('confirms a commit, and not the next one that begins where it ends', async () => {
  await unread()
  await ensurePublication(query)
  const slot = await ensureSlot(query)
  const [first, second] = [new Client(shop.catalog.url), new Client(shop.catalog.url)]
  await Promise.all([first.connect(), second.connect()])
  for (const [client, id] of [
    [first, 8],
    [second, 9],
  ] as const)
    await client.query(`BEGIN; UPDATE prices SET amount_cents = amount_cents + 1 WHERE product_id = ${id}`)
  await Promise.all([first.query('COMMIT'), second.query('COMMIT')])
  await Promise.all([first.end(), second.end()])
  const parts: Part[] = []
  const stream = await open(slot.name, slot.confirmed)
  const isOurs = (part: Part) => changesOf([part]).some(({ id }) => id === 8 || id === 9)
  await vi.waitUntil(async () => {
    parts.push(...(await stream.next(100)))
    return parts.filter(isOurs).length === 2
  }, PATIENCE)
  const ours = parts.filter(isOurs)
  stream.confirm(ours[0]?.end ?? '')
  await vi.waitUntil(async () => (await readSlot(query))?.confirmed !== slot.confirmed, PATIENCE)
  await stream.close()
  await unread()
  const again = await open(slot.name, (await readSlot(query))?.confirmed ?? '')
  const other = changesOf(ours.slice(1)).find(({ id }) => id === 8 || id === 9)
  const seen: number[] = []
  await vi.waitFor(async () => {
    seen.push(...changesOf(await again.next(100)).map(({ id }) => id))
    expect(seen).toContain(other?.id)
  }, PATIENCE)
  await again.close()
})

it('takes the maximum of what two slots bring shuffled, and never goes down', async () => {
  await ensurePublication(query)
  const names = ['a', 'b'].map((name) => `evergreen_shuffled_${name}_${process.pid}`)
  for (const name of names)
    await query(`SELECT pg_create_logical_replication_slot($1::text::name, 'pgoutput')::text`, [name])
  await withoutOutbox(async () => {
    for (let i = 0; i < 8; i++) await raise(10, 11 + (i % 3))
  })
  const { version } = await shop.catalog.db.price.findUniqueOrThrow({ where: { productId: 10 } })
  const parts: Part[] = []
  for (const name of names) {
    const stream = await open(name, '0/2')
    const own: Part[] = []
    await vi.waitUntil(async () => {
      own.push(...(await stream.next(100)))
      return changesOf(own).some((change) => change.id === 10 && change.version === Number(version))
    }, PATIENCE)
    await stream.close()
    parts.push(...own)
  }
  for (const name of names)
    await vi.waitFor(() => query('SELECT pg_drop_replication_slot($1::text::name)::text', [name]), PATIENCE)
  const { index, keeper } = coherence()
  const seen: number[] = []
  // The second slot's, the newest first, between those of the first.
  const half = parts.length / 2
  for (let i = 0; i < half; i++) {
    for (const part of [parts.at(-1 - i), parts[i]]) {
      await recordMissing(db(), index, changesOf(part ? [part] : []))
      await keeper.follow()
      seen.push((await index.held([{ kind: 'price', id: 10 }]))[0] ?? 0)
    }
  }
  expect(seen.at(-1)).toBe(Number(version))
  expect(seen).toEqual(seen.toSorted((a, b) => a - b))
  expect(await shop.behind()).toEqual([])
})

it("brings another service's table to our rows, which get versions of ours", async () => {
  await sql('CREATE TABLE inventory (sku text PRIMARY KEY, on_hand integer NOT NULL)')
  await sql('INSERT INTO inventory SELECT sku, 100 + id FROM products')
  const foreign: ForeignTables = {
    inventory: {
      keyColumn: 'sku',
      apply: `UPDATE stock s SET quantity = i.on_hand FROM inventory i JOIN products p USING (sku)
        WHERE s.product_id = p.id AND s.quantity <> i.on_hand AND ($1::text[] IS NULL OR i.sku = ANY($1))`,
    },
  }
  const stop = await streaming(cdcSource({ foreign }))
  const of = async (productId: number) => shop.catalog.db.stock.findUniqueOrThrow({ where: { productId } })
  const inIndex = async (id: number) => (await coherence().index.heldStates([{ kind: 'stock', id }]))[0]
  await sql('UPDATE inventory SET on_hand = 5 WHERE sku = (SELECT sku FROM products WHERE id = 12)')
  await vi.waitFor(async () => expect(await of(12)).toMatchObject({ quantity: 5 }), PATIENCE)
  const { version } = await of(12)
  await vi.waitFor(async () => expect((await inIndex(12))?.version).toBe(Number(version)), PATIENCE)
  expect(JSON.parse((await inIndex(12))?.payload ?? '')).toEqual({ version: Number(version), quantity: 5 })
  // A repeated change does nothing.
  await stop()
  await sql('UPDATE inventory SET on_hand = 5 WHERE sku = (SELECT sku FROM products WHERE id = 12)')
  await sql('UPDATE inventory SET on_hand = 6 WHERE sku = (SELECT sku FROM products WHERE id = 13)')
  shop.start(cdcSource({ foreign }))
  await vi.waitFor(async () => expect(await of(13)).toMatchObject({ quantity: 6 }), PATIENCE)
  expect((await of(12)).version).toBe(version)
  await sql('DROP TABLE inventory')
})

it('follows the outbox loudly when the slot is lost, and makes it anew', async () => {
  await streaming(cdcSource({ fallBackMs: 1_000 }))
  await vi.waitFor(async () => {
    await query(
      `SELECT pg_terminate_backend(active_pid)::text FROM pg_replication_slots WHERE active_pid IS NOT NULL AND database = current_database()`,
    )
    await query(
      `SELECT pg_drop_replication_slot(slot_name)::text FROM pg_replication_slots WHERE database = current_database()`,
    )
  }, PATIENCE)
  const ids = await shop.change(14)
  const alerts = () => shop.catalog.db.alert.findMany({ where: { kind: 'change-stream-lost', resolvedAt: null } })
  await vi.waitFor(
    async () =>
      expect(await alerts()).toMatchObject([{ summary: expect.stringContaining('the replication slot is gone') }]),
    PATIENCE,
  )
  await vi.waitFor(async () => expect(await shop.handedOver()).toEqual(expect.arrayContaining(ids)), PATIENCE)
  await vi.waitUntil(shop.isRead, PATIENCE)
  const next = await shop.change(15)
  await vi.waitFor(async () => expect(await shop.handedOver()).toEqual(expect.arrayContaining(next)), PATIENCE)
})

describe('what is missing is said in one sentence', () => {
  /** As this role, in this database. */
  async function refusal(change: (url: URL) => void): Promise<unknown> {
    const url = new URL(shop.catalog.url)
    change(url)
    const client = new Client(url.href)
    await client.connect()
    const as: Query = async (text, values = []) => (await client.query<object>(text, [...values])).rows
    return requireReplication(as, query)
      .catch((error: unknown) => error)
      .finally(() => client.end())
  }

  it('of a role that may not replicate', async () => {
    const role = `evergreen_test_${process.pid}`
    await sql(`CREATE ROLE ${role} LOGIN PASSWORD 'of a test'`)
    const said = await refusal((url) => Object.assign(url, { username: role, password: 'of a test' }))
    await sql(`DROP ROLE ${role}`)
    expect(said).toMatchObject({
      message: `PRICE_EVENTS=cdc cannot be used: the role ${role} may not replicate: name one in REPLICATION_DATABASE_URL that was made with CREATE ROLE … LOGIN REPLICATION.`,
    })
  })

  it('of an address of another database', async () => {
    expect(await refusal((url) => Object.assign(url, { pathname: '/postgres' }))).toMatchObject({
      message: expect.stringContaining('REPLICATION_DATABASE_URL and DATABASE_URL lead to different databases'),
    })
  })
})
