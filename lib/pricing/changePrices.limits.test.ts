import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { MissingPermissionError } from '#lib/access/errors.ts'
import type { Principal } from '#lib/access/principal.ts'
import { approveBulkEdit } from './bulk/preview/approveBulkEdit.ts'
import { previewCsv } from './bulk/csv/csvImport.ts'
import { BulkEditRefusedError } from './bulk/errors.ts'
import { createBulkEdit, rePreviewBulkEdit } from './bulk/preview/previewBulkEdit.ts'
import { scheduleBulkEdit } from './bulk/schedule/schedules.ts'
import { changePrices } from './changePrices.ts'
import { ConfirmationNeededError, PriceLimitError } from './errors.ts'
import { type PriceStores, priceStores } from './testing/priceStores.ts'
import { arriving, understood } from './testing/csvFiles.ts'
import { person } from './testing/principals.ts'

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores()
  await stores.database.db.$executeRaw`UPDATE prices SET amount_cents = 13099, compare_at_cents = NULL`
  // For longer than 30 days. Nothing but a superuser could write the history so.
  await stores.database.db.$transaction([
    stores.database.db.$executeRaw`SET LOCAL session_replication_role = replica`,
    stores.database.db
      .$executeRaw`UPDATE price_changes SET new_amount_cents = 13099, changed_at = changed_at - interval '40 days'`,
  ])
})
afterAll(() => stores.close())

const [viewer, editor, admin] = [person('viewer'), person('editor'), person('admin')]
const change = (
  principal: Principal,
  changes: { productId: number; amountMinor: number; expectedVersion?: number }[],
  confirmations: string[] = [],
) => changePrices(principal, { changes, confirmations, reason: 'A slip', source: 'editor' })
const amountOf = async (productId: number) =>
  (await stores.database.db.price.findUniqueOrThrow({ where: { productId } })).amountMinor

async function expectNothing(
  work: () => Promise<unknown>,
  error: new (...args: never[]) => Error,
  shape: object = {},
): Promise<void> {
  const before = await stores.written()
  const thrown = await work().catch((reason: unknown) => reason)
  expect(thrown).toBeInstanceOf(error)
  expect(thrown).toMatchObject(shape)
  expect(await stores.written()).toEqual(before)
}

describe('a change that is made at once', () => {
  test('beyond the limits of an editor is refused, with the field, the limit and the way out, and nothing is written', async () => {
    const message = expect.stringMatching(
      /^€130\.99 to €0\.01 is 99\.99 % less\. The role editor may change a price by at most 30 %\..*Ask an administrator/,
    )
    await expectNothing(
      () =>
        change(editor, [
          { productId: 1, amountMinor: 13_000 },
          { productId: 2, amountMinor: 1 },
        ]),
      PriceLimitError,
      { code: 'missing_permission', status: 403, issues: [{ field: 'changes[1].amountMinor', productId: 2, message }] },
    )
    const phrases = ['change 1 price by more than 30 percent', 'set 1 price below the floor']
    await expectNothing(() => change(editor, [{ productId: 2, amountMinor: 1 }], phrases), PriceLimitError)
  })

  test('beyond those of an administrator must be confirmed, and then is made and audited with what was confirmed', async () => {
    const changes = [{ productId: 3, amountMinor: 1 }]
    const phrases = ['change 1 price by more than 50 percent', 'set 1 price below the floor']
    await expectNothing(() => change(admin, changes), ConfirmationNeededError, {
      confirmations: phrases.map((phrase) => expect.objectContaining({ rows: 1, phrase })),
      changes: [
        {
          field: 'changes[0].amountMinor',
          productId: 3,
          oldMinor: 13_099,
          newMinor: 1,
          message: expect.stringContaining('99.99 % less'),
        },
      ],
    })
    await expectNothing(() => change(admin, changes, phrases.slice(0, 1)), ConfirmationNeededError, {
      confirmations: [{ phrase: phrases[1] }],
    })
    const { results, correlationId } = await change(admin, changes, phrases)
    expect(results).toMatchObject([{ status: 'changed', amountMinor: 1 }])
    expect(await stores.database.db.auditEntry.findFirst({ where: { correlationId } })).toMatchObject({
      detail: { confirmed: phrases },
    })
  })

  test('counts all rows of the request, so that a phrase for one does not stand for two', async () => {
    const changes = [
      { productId: 4, amountMinor: 5000 },
      { productId: 5, amountMinor: 5000 },
      { productId: 6, amountMinor: 13_100 },
    ]
    await expectNothing(
      () => change(admin, changes, ['change 1 price by more than 50 percent', 'set 1 price below the floor']),
      ConfirmationNeededError,
      {
        confirmations: [
          { phrase: 'change 2 prices by more than 50 percent' },
          { phrase: 'set 2 prices below the floor' },
        ],
      },
    )
  })

  test('of small steps is stopped at half of what the price was 30 days ago', async () => {
    for (const amountMinor of [9200, 6600]) await change(editor, [{ productId: 7, amountMinor }])
    await expectNothing(() => change(editor, [{ productId: 7, amountMinor: 6500 }]), PriceLimitError, {
      issues: [
        {
          message: expect.stringContaining(
            'below 50 percent of €130.99, what it cost 30 days ago. The role editor may not go below this floor.',
          ),
        },
      ],
    })
  })

  test('is judged by the price that is locked, not by the one that was there when the request came', async () => {
    const other = new pg.Client({ connectionString: stores.database.url })
    await other.connect()
    try {
      await other.query('BEGIN; UPDATE prices SET amount_cents = 40000 WHERE product_id = 8')
      const {
        rows: [self],
      } = await other.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
      const changing = change(editor, [{ productId: 8, amountMinor: 13_200 }]).catch((error: unknown) => error)
      await vi.waitFor(async () => {
        const waiting = await stores.database.db.$queryRaw<
          unknown[]
        >`SELECT 1 FROM pg_stat_activity WHERE ${self?.pid}::int = ANY(pg_blocking_pids(pid))`
        expect(waiting).toHaveLength(1)
      }, 10_000)
      await other.query('COMMIT')
      expect(await changing).toBeInstanceOf(PriceLimitError)
      expect(await amountOf(8)).toBe(40_000)
    } finally {
      await other.end()
    }
  })

  test('is a conflict before it is a question: a price that has moved on is not asked about', async () => {
    const { results } = await change(admin, [{ productId: 9, amountMinor: 1, expectedVersion: 1 }])
    expect(results).toMatchObject([{ status: 'conflict', amountMinor: 13_099 }])
  })

  test('is not a viewer’s', async () => {
    await expectNothing(() => change(viewer, [{ productId: 10, amountMinor: 13_098 }]), MissingPermissionError, {
      message: expect.stringContaining('prices:write'),
    })
  })
})

describe('a change of the same size by another way', () => {
  const cell = (productId: number) => ({
    selection: { matching: false },
    cells: [{ productId, amountCents: 1 }],
    reason: 'A slip',
  })
  const later = { startsAt: '2099-05-01T09:00', timeZone: 'Europe/Berlin' }

  async function expectRefused(id: string): Promise<void> {
    await expectNothing(() => approveBulkEdit(editor, id, { confirmations: [] }), MissingPermissionError)
    await expectNothing(() => approveBulkEdit(admin, id, { confirmations: [] }), BulkEditRefusedError)
    await expectNothing(() => scheduleBulkEdit(editor, id, { ...later, confirmations: [] }), MissingPermissionError)
    await expectNothing(() => scheduleBulkEdit(admin, id, { ...later, confirmations: [] }), BulkEditRefusedError)
    expect(await stores.database.db.priceSchedule.count()).toBe(0)
    expect(await stores.database.db.bulkEdit.findUniqueOrThrow({ where: { id } })).toMatchObject({ state: 'previewed' })
  }

  test('in the grid and for a later time is refused, or asked about, before it is approved', async () => {
    await expectRefused((await createBulkEdit(editor, cell(11), 'editor')).id)
  })

  test('in a file is too', async () => {
    const { sku } = await stores.database.db.product.findUniqueOrThrow({ where: { id: 12 } })
    const { edit } = understood(await previewCsv(editor, arriving(`sku,price\n${sku},0.01\n`), 'A slip'))
    await expectRefused(edit?.id ?? '')
  })

  test('cannot take the place of a preview that is approved for a later time', async () => {
    const small = await createBulkEdit(
      editor,
      { ...cell(13), cells: [{ productId: 13, amountCents: 13_000 }] },
      'editor',
    )
    await scheduleBulkEdit(editor, small.id, { ...later, confirmations: [] })
    await expect(rePreviewBulkEdit(admin, small.id, cell(13))).rejects.toThrow('it cannot be changed any more')
    expect(await stores.database.db.bulkEditRow.findMany({ where: { bulkEditId: small.id } })).toMatchObject([
      { newAmountCents: 13_000 },
    ])
  })
})
