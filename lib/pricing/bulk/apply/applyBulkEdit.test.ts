import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MissingPermissionError } from '#lib/access/errors.ts'
import { versionIndex } from '#lib/catalog/coherence.ts'
import { db } from '#lib/platform/db.ts'
import { bulkQueue } from '#lib/queue/bulkQueue.ts'
import { PricesBusyError } from '../../errors.ts'
import { priceStores, type PriceStores } from '../../testing/priceStores.ts'
import { person } from '../../testing/principals.ts'
import { applyBulkEdit } from './applyBulkEdit.ts'
import { approveBulkEdit, cancelBulkEdit } from '../preview/approveBulkEdit.ts'
import { bulkEdit, bulkEditRows } from '../bulkEdits.ts'
import { BulkEditRefusedError, BulkEditStateError } from '../errors.ts'
import { undoBulkEdit } from './followUps.ts'
import { createBulkEdit } from '../preview/previewBulkEdit.ts'
import { retryConflicts } from './retryConflicts.ts'
import { noteInterruption, unfinishedBulkEdits } from './unfinished.ts'
import { approvedFor, changesOf, editElsewhere, expectApplied, prices, sale } from '../../testing/appliedEdits.ts'

const PRODUCTS = 2_300
const editor = person('editor')
const admin = person('admin')

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores(PRODUCTS)
})
afterEach(() => stores.redis.proxy.heal())
afterAll(async () => {
  await bulkQueue().close()
  await stores.close()
})
beforeEach(async () => {
  await bulkQueue().obliterate({ force: true })
})

describe('an approval', () => {
  test('of a small edit applies it at once and answers live: the index has every version', async () => {
    const ids = (await prices()).slice(0, 30).map(({ productId }) => productId)
    const { state, edit } = await approvedFor({ ...sale, selection: { matching: false, added: ids } })
    expect(state).toBe('live')
    expect(edit).toMatchObject({ state: 'applied', approvedBy: admin.actor })
    await expectApplied(edit.id)
    const after = (await prices()).filter(({ productId }) => ids.includes(productId))
    const { states } = await versionIndex().read(ids.map((id) => `price:${id}`))
    expect(ids.map((id) => states.get(`price:${id}`)?.version)).toEqual(after.map(({ version }) => Number(version)))
    expect((await changesOf(edit.id))[0]).toMatchObject({ source: 'editor', actor: admin.actor, reason: 'Autumn sale' })
  })

  test('of a large edit is queued; two workers on it apply each row once', async () => {
    const { state, edit } = await approvedFor({ ...sale, rules: { amount: { kind: 'add', cents: 150 } } })
    expect(state).toBe('queued')
    expect((await bulkQueue().getJobs(['waiting'])).map(({ data }) => data)).toEqual([{ editId: edit.id }])
    await Promise.all([applyBulkEdit(edit.id), applyBulkEdit(edit.id)])
    expect(await bulkEdit(editor, edit.id)).toMatchObject({
      state: 'applied',
      progress: { secondsLeft: 0, conflicts: 0 },
    })
    await expectApplied(edit.id)
  })

  test('that Redis does not take is not lost: the sweep finds the edit', async () => {
    await stores.redis.proxy.cut()
    const { state, edit } = await approvedFor({ ...sale, rules: { amount: { kind: 'add', cents: 10 } } })
    await stores.redis.proxy.heal()
    expect(state).toBe('queued')
    await db()
      .$executeRaw`UPDATE bulk_edits SET approved_at = approved_at - interval '1 minute' WHERE id = ${edit.id}::uuid`
    expect(await unfinishedBulkEdits()).toEqual([edit.id])
    await applyBulkEdit(edit.id)
    await expectApplied(edit.id)
    expect(await unfinishedBulkEdits()).toEqual([])
  })

  test(
    'answers live only when the index has every version, also of what another process applied',
    { timeout: 40_000 },
    async () => {
      const { id } = await createBulkEdit(
        admin,
        {
          selection: { matching: false, added: [50] },
          rules: { amount: { kind: 'add', cents: 5 } },
          reason: 'taken over',
        },
        'editor',
      )
      await versionIndex().read(['price:50'])
      let approval: ReturnType<typeof approveBulkEdit> | undefined
      // As a worker does whose sweep took the edit over, and that is killed before it updates the index.
      await stores.database.db.$transaction(
        async (tx) => {
          const price = await tx.price.update({ where: { productId: 50 }, data: { amountMinor: { increment: 5 } } })
          approval = approveBulkEdit(admin, id, { confirmations: [] })
          await expect
            .poll(
              async () =>
                (
                  await db().$queryRaw<
                    unknown[]
                  >`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
                ).length,
            )
            .toBe(1)
          await tx.bulkEditRow.updateMany({
            where: { bulkEditId: id },
            data: { state: 'applied', appliedVersion: price.version },
          })
        },
        { timeout: 30_000 },
      )
      expect(await approval).toMatchObject({ state: 'live', edit: { state: 'applied', progress: { applied: 1 } } })
      const { version } = await db().price.findUniqueOrThrow({ where: { productId: 50 } })
      expect((await versionIndex().read(['price:50'])).states.get('price:50')?.version).toBe(Number(version))
    },
  )

  test('is given once: the second is answered that it is applied', async () => {
    const { edit } = await approvedFor({
      ...sale,
      selection: { matching: false, added: [1] },
      rules: { amount: { kind: 'add', cents: 5 } },
    })
    await expect(approveBulkEdit(admin, edit.id, { confirmations: [] })).rejects.toThrow(BulkEditStateError)
    await expectApplied(edit.id)
  })

  test('beyond the limits needs the permission and the typed text; a viewer may not approve at all', async () => {
    const before = await stores.written()
    const edit = await createBulkEdit(
      admin,
      {
        ...sale,
        selection: { matching: false, added: [2, 3] },
        rules: { amount: { kind: 'percent', percent: '-60', of: 'price' } },
      },
      'editor',
    )
    await expect(approveBulkEdit(editor, edit.id, { confirmations: [] })).rejects.toThrow(MissingPermissionError)
    await expect(approveBulkEdit(admin, edit.id, { confirmations: ['yes'] })).rejects.toThrow(BulkEditRefusedError)
    await expect(approveBulkEdit(person('viewer'), edit.id, { confirmations: [] })).rejects.toThrow(
      MissingPermissionError,
    )
    for (const act of [cancelBulkEdit, undoBulkEdit, retryConflicts])
      await expect(act(person('viewer'), edit.id)).rejects.toThrow(MissingPermissionError)
    expect(await stores.written()).toEqual(before)
  })
})

describe('an edit that is interrupted', () => {
  test('says why while another transaction holds a price, and is applied when it is called again', async () => {
    const edit = await createBulkEdit(
      admin,
      {
        selection: { matching: false, added: [40, 41] },
        rules: { amount: { kind: 'add', cents: 100 } },
        reason: 'held',
      },
      'editor',
    )
    let held: Promise<unknown> = Promise.resolve()
    const release = await new Promise<() => void>((locked) => {
      held = stores.database.db.$transaction(
        async (tx) => {
          await tx.$queryRaw`SELECT 1 FROM prices WHERE product_id = 41 FOR UPDATE`
          await new Promise<void>((done) => locked(done))
        },
        { timeout: 30_000 },
      )
    })
    const { state } = await approveBulkEdit(admin, edit.id, { confirmations: [] })
    expect(state, 'approved is approved').toBe('queued')
    const failure = await applyBulkEdit(edit.id).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(PricesBusyError)
    await noteInterruption(edit.id, failure instanceof Error ? failure : new Error('none'))
    expect(await bulkEdit(editor, edit.id)).toMatchObject({
      state: 'applying',
      error: expect.stringContaining('Interrupted'),
      progress: { applied: 0 },
    })
    release()
    await held
    await applyBulkEdit(edit.id)
    expect(await bulkEdit(editor, edit.id)).toMatchObject({ state: 'applied', error: null, progress: { applied: 2 } })
    await expectApplied(edit.id)
  }, 40_000)
})

describe('a row that another user changed since the preview', () => {
  test('is a conflict: it stays, says by whom, the others go on, and it can be retried on its own', async () => {
    const added = [10, 11, 12]
    const edit = await createBulkEdit(
      admin,
      { selection: { matching: false, added }, rules: { amount: { kind: 'add', cents: 100 } }, reason: 'one more' },
      'api',
    )
    await editElsewhere(11, 123_45)
    const { edit: done } = await approveBulkEdit(admin, edit.id, { confirmations: [] })
    expect(done.progress).toMatchObject({ applied: 2, conflicts: 1 })
    const [conflict] = (await bulkEditRows(editor, edit.id, { state: 'conflict', offset: 0, limit: 10 })).rows
    expect(conflict).toMatchObject({ productId: 11, message: expect.stringMatching(/ana@example\.com.*€123\.45/) })
    expect((await db().price.findUnique({ where: { productId: 11 } }))?.amountMinor).toBe(123_45)
    await expectApplied(edit.id)

    const retry = await retryConflicts(admin, edit.id)
    expect(retry).toMatchObject({ kind: 'retry', of: edit.id, state: 'previewed', summary: { rows: 1, changed: 1 } })
    await approveBulkEdit(admin, retry.id, { confirmations: [] })
    expect((await db().price.findUnique({ where: { productId: 11 } }))?.amountMinor).toBe(124_45)
  })
})
