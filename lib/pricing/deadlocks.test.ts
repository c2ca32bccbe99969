import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { person } from './testing/principals.ts'
import { applyBulkEdit } from './bulk/apply/applyBulkEdit.ts'
import { approveBulkEdit } from './bulk/preview/approveBulkEdit.ts'
import { bulkEdit } from './bulk/bulkEdits.ts'
import { createBulkEdit } from './bulk/preview/previewBulkEdit.ts'
import { scheduleBulkEdit } from './bulk/schedule/schedules.ts'
import { changePrices } from './changePrices.ts'
import { changeStatus } from './changeStatus.ts'
import { PricesBusyError } from './errors.ts'
import { againstOpponent, lookForDeadlocksLate } from './testing/deadlock.ts'
import { type PriceStores, priceStores } from './testing/priceStores.ts'

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores(40, lookForDeadlocksLate)
})
afterAll(() => stores.close())

const editor = person('editor')
const priceOf = async (productId: number) =>
  (await stores.database.db.price.findUniqueOrThrow({ where: { productId } })).amountMinor
const lockPrice = (id: number) => `SELECT FROM prices WHERE product_id = ${id} FOR UPDATE`
const oneCentMore = async (productId: number) => ({
  productId,
  amountMinor: (await priceOf(productId)) + 1,
  compareAtMinor: null,
})

describe('a transaction that Postgres gives up in a deadlock is run again', () => {
  test('and single prices are changed once', async () => {
    const changes = [await oneCentMore(1), await oneCentMore(2)]
    const { outcome, deadlocks } = await againstOpponent(
      stores.database.url,
      { holds: lockPrice(2), wants: lockPrice(1) },
      () => changePrices(editor, { changes, reason: 'A deadlock', source: 'api' }),
    )
    expect(deadlocks).toBe(1)
    expect(outcome.results.map(({ status }) => status)).toEqual(['changed', 'changed'])
    expect(await stores.database.db.priceChange.count({ where: { correlationId: outcome.correlationId } })).toBe(2)
  })

  test('and a chunk of a bulk edit is applied before the approval is answered', async () => {
    const edit = await createBulkEdit(
      editor,
      {
        selection: { matching: false, added: [3, 4] },
        rules: { amount: { kind: 'add', cents: 1 } },
        reason: 'A deadlock',
      },
      'editor',
    )
    const { outcome, deadlocks } = await againstOpponent(
      stores.database.url,
      { holds: lockPrice(4), wants: lockPrice(3) },
      () => approveBulkEdit(editor, edit.id, { confirmations: [] }),
    )
    expect(deadlocks).toBe(1)
    expect(outcome).toMatchObject({ state: 'live', edit: { state: 'applied', progress: { applied: 2 } } })
  })

  test('and a product is discontinued', async () => {
    const { categoryId } = await stores.database.db.productCategory.findFirstOrThrow({ where: { productId: 5 } })
    const opponent = {
      holds: `SELECT FROM categories WHERE id = ${categoryId} FOR UPDATE`,
      wants: 'SELECT FROM products WHERE id = 5 FOR UPDATE',
    }
    const { outcome, deadlocks } = await againstOpponent(stores.database.url, opponent, () =>
      changeStatus({ productId: 5, status: 'discontinued', reason: 'A deadlock' }, editor),
    )
    expect(deadlocks).toBe(1)
    expect(outcome).toMatchObject({ changed: true, status: 'discontinued' })
  })
})

describe('while every try ends in a deadlock', () => {
  const TRIES = 4

  /** Postgres itself raises it, for rows of these tables, until it is taken away. @returns how often it did */
  async function raising(sqlstate: string, table: string, work: () => Promise<void>): Promise<number> {
    const { db } = stores.database
    await db.$executeRawUnsafe('CREATE SEQUENCE raised')
    await db.$executeRawUnsafe(`CREATE FUNCTION raise_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      PERFORM nextval('raised'); RAISE EXCEPTION 'given up' USING ERRCODE = '${sqlstate}'; END $$`)
    await db.$executeRawUnsafe(
      `CREATE TRIGGER a_raise_it BEFORE UPDATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION raise_it()`,
    )
    try {
      await work()
      const [row] = await db.$queryRaw<{ raised: bigint }[]>`SELECT last_value AS raised FROM raised`
      return Number(row?.raised)
    } finally {
      await db.$executeRawUnsafe('DROP FUNCTION raise_it CASCADE')
      await db.$executeRawUnsafe('DROP SEQUENCE raised')
    }
  }

  test.each([
    ['40P01', 'a deadlock'],
    ['40001', 'a serialization failure'],
  ])('%s (%s) ends a single edit after a bounded number of tries, and nothing is saved', async (sqlstate) => {
    const changes = [await oneCentMore(10)]
    const before = await stores.written()
    expect(
      await raising(sqlstate, 'prices', async () => {
        const busy = changePrices(editor, { changes, reason: 'Busy', source: 'api' })
        await expect(busy).rejects.toThrow('The prices are busy, nothing was saved. Try again.')
        await expect(busy).rejects.toBeInstanceOf(PricesBusyError)
      }),
    ).toBe(TRIES)
    expect(await stores.written()).toEqual(before)
  })

  test('a status stays as it is', async () => {
    expect(
      await raising('40P01', 'products', () =>
        expect(changeStatus({ productId: 11, status: 'discontinued', reason: 'Busy' }, editor)).rejects.toBeInstanceOf(
          PricesBusyError,
        ),
      ),
    ).toBe(TRIES)
    expect(await stores.database.db.product.findUniqueOrThrow({ where: { id: 11 } })).toMatchObject({
      status: 'active',
    })
  })

  test('an edit that is approved stays approved, and is applied when it is called again', async () => {
    const edit = await createBulkEdit(
      editor,
      { selection: { matching: false, added: [12] }, rules: { amount: { kind: 'add', cents: 1 } }, reason: 'Busy' },
      'editor',
    )
    await raising('40P01', 'prices', async () => {
      expect((await approveBulkEdit(editor, edit.id, { confirmations: [] })).state).toBe('queued')
      await expect(applyBulkEdit(edit.id)).rejects.toBeInstanceOf(PricesBusyError)
    })
    await applyBulkEdit(edit.id)
    expect(await bulkEdit(editor, edit.id)).toMatchObject({ state: 'applied', progress: { applied: 1 } })
  })

  test('an approval and a schedule are refused as busy, and the preview waits', async () => {
    const edit = await createBulkEdit(
      editor,
      { selection: { matching: false, added: [13] }, rules: { amount: { kind: 'add', cents: 1 } }, reason: 'Busy' },
      'editor',
    )
    expect(
      await raising('40P01', 'bulk_edits', async () => {
        await expect(approveBulkEdit(editor, edit.id, { confirmations: [] })).rejects.toBeInstanceOf(PricesBusyError)
        await expect(
          scheduleBulkEdit(editor, edit.id, {
            confirmations: [],
            startsAt: '2099-05-01T09:00',
            timeZone: 'Europe/Berlin',
          }),
        ).rejects.toBeInstanceOf(PricesBusyError)
        await expect(
          createBulkEdit(
            editor,
            {
              selection: { matching: false, added: [13] },
              rules: { amount: { kind: 'add', cents: 1 } },
              reason: 'Busy',
            },
            'editor',
          ),
        ).rejects.toBeInstanceOf(PricesBusyError)
      }),
    ).toBe(3 * TRIES)
    expect(await bulkEdit(editor, edit.id)).toMatchObject({ state: 'previewed' })
  })
})

vi.setConfig({ testTimeout: 30_000 })
