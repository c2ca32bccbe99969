import { z } from 'zod'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { changeMeant } from '../../testing/changeMeant.ts'
import { priceStores, type PriceStores } from '../../testing/priceStores.ts'
import { person } from '../../testing/principals.ts'
import { endSale, inMinutes, phrases, planSale, previewSale, startSale } from '../../testing/sales.ts'
import { versionIndex } from '#lib/catalog/coherence.ts'
import { livePrices } from '#lib/catalog/prices/livePrices.ts'
import { priceHistory } from '../../history.ts'
import { undoBulkEdit } from '../apply/followUps.ts'
import { selection as selectionSchema } from '../contract.ts'
import { exportPrices } from '../csv/csvExport.ts'
import { approveBulkEdit } from '../preview/approveBulkEdit.ts'
import { createBulkEdit, dryRun } from '../preview/previewBulkEdit.ts'
import { cancelSchedule, updateSchedule } from './schedules.ts'

const admin = person('admin')

let stores: PriceStores
let product = 0
beforeAll(async () => {
  stores = await priceStores(20)
  await db().price.updateMany({ data: { amountMinor: 110_99, compareAtMinor: null } })
})
afterAll(() => stores.close())

/** The price that the shop shows of the product. */
async function shown(id = product): Promise<string> {
  const { amountMinor, compareAtMinor } = await db().price.findUniqueOrThrow({ where: { productId: id } })
  return compareAtMinor === null ? String(amountMinor) : `${amountMinor} for ${compareAtMinor}`
}

const edit = (amountMinor: number) =>
  changeMeant({
    changes: [{ productId: product, amountMinor, compareAtMinor: null }],
    reason: 'by hand',
    source: 'editor',
  })

describe('the price after all sales have ended is the base price', () => {
  test('when one was planned, or started, while another ran', async () => {
    product = 1
    const a = await planSale({ products: [product], percent: '-20' })
    await startSale(a)
    expect(await shown()).toBe('8879 for 11099')
    const b = await planSale({ products: [product], percent: '-30' })
    await startSale(b)
    expect(await shown(), 'of the base price').toBe('7769 for 11099')
    await endSale(a)
    expect(await shown()).toBe('7769 for 11099')
    await endSale(b)
    expect(await shown()).toBe('11099')
  })

  test('when both were planned before, one inside the other: each is shown in its time', async () => {
    product = 2
    const [outer, inner] = [
      await planSale({ products: [product], percent: '-20' }),
      await planSale({ products: [product], percent: '-30' }),
    ]
    await startSale(outer)
    await startSale(inner)
    expect(await shown()).toBe('7769 for 11099')
    await endSale(inner)
    expect(await shown()).toBe('8879 for 11099')
    await endSale(outer)
    expect(await shown()).toBe('11099')
  })

  test('when it was edited during a sale: the edit is what comes after', async () => {
    product = 3
    const a = await planSale({ products: [product], percent: '-20' })
    await startSale(a)
    await edit(120_00)
    expect(await shown()).toBe('8879 for 11099')
    await endSale(a)
    expect(await shown()).toBe('12000')
  })

  test('when it was edited before a start that was planned: the sale starts all the same', async () => {
    product = 4
    const a = await planSale({ products: [product], percent: '-20' })
    await edit(120_00)
    await startSale(a)
    expect(await shown()).toBe('8879 for 11099')
    await endSale(a)
    expect(await shown()).toBe('12000')
  })

  test('when it was edited since in another currency: what is said of it is in that currency', async () => {
    product = 19
    const setYen = (amount: number) =>
      db().$executeRaw`UPDATE prices SET currency = 'JPY', base_amount_cents = ${amount} WHERE product_id = ${product}`
    await setYen(129_000)
    const [plan, unplanned] = [
      await planSale({ products: [product], percent: '-20' }),
      await previewSale({ products: [product], percent: '-10' }),
    ]
    await setYen(120_000)
    await startSale(plan)
    await approveBulkEdit(admin, unplanned.id, { confirmations: phrases(unplanned) })
    const rows = await db().bulkEditRow.findMany({
      where: { productId: product },
      orderBy: { bulkEdit: { createdAt: 'asc' } },
    })
    expect(rows.map(({ message }) => message)).toEqual([
      expect.stringMatching(/edited after the preview: it is ¥120,000 now/),
      expect.stringMatching(/since the preview: it is ¥120,000 in version/),
    ])
    await endSale(plan)
    expect(await shown()).toBe('120000')
  })

  test('when a sale is ended early, and when one is cancelled before it starts', async () => {
    product = 5
    const [a, b] = [
      await planSale({ products: [product], percent: '-20' }),
      await planSale({ products: [product], percent: '-30' }),
    ]
    await startSale(a)
    await cancelSchedule(admin, b)
    await cancelSchedule(admin, a)
    await endSale(a)
    expect(await shown()).toBe('11099')
  })
})

describe('while a sale runs', () => {
  const sqlEdit = (set: string) => db().$executeRawUnsafe(`UPDATE prices SET ${set} WHERE product_id = ${product}`)

  test('a writer past the application changes the price of the sale, or by name the base price, and neither becomes the other', async () => {
    product = 6
    const a = await planSale({ products: [product], percent: '-20' })
    await startSale(a)
    await sqlEdit('amount_cents = amount_cents + 1')
    expect(await shown()).toBe('8880 for 11099')
    await sqlEdit('base_amount_cents = base_amount_cents + 5')
    expect(await shown()).toBe('8880 for 11099')
    await endSale(a)
    expect(await shown()).toBe('11104')
    await sqlEdit('amount_cents = 12000')
    expect(await db().price.findUnique({ where: { productId: product } })).toMatchObject({
      amountMinor: 120_00,
      baseAmountMinor: 120_00,
    })
  })

  test('an edit that was made before it can be undone, and one with a version from before it is no conflict', async () => {
    product = 7
    const before = await createBulkEdit(
      admin,
      { selection: { matching: false, added: [7] }, rules: { amount: { kind: 'add', cents: 100 } }, reason: 'Dearer' },
      'editor',
    )
    await approveBulkEdit(admin, before.id, { confirmations: phrases(before) })
    const { version } = await db().price.findUniqueOrThrow({ where: { productId: 7 } })
    const a = await planSale({ products: [product], percent: '-20' })
    await startSale(a)
    const undo = await undoBulkEdit(admin, before.id)
    expect((await approveBulkEdit(admin, undo.id, { confirmations: phrases(undo) })).edit.progress).toMatchObject({
      applied: 1,
    })
    const change = { productId: 7, amountMinor: 110_98, expectedVersion: Number(version) }
    const request = { changes: [change], reason: 'too late', source: 'api' as const }
    expect((await changeMeant(request)).results, 'the undo was later').toMatchObject([{ status: 'conflict' }])
    const { version: undone } = await db().price.findUniqueOrThrow({ where: { productId: 7 } })
    const b = await planSale({ products: [product], percent: '-30' })
    await startSale(b)
    const again = { ...request, changes: [{ ...change, expectedVersion: Number(undone) }] }
    expect((await changeMeant(again)).results).toMatchObject([
      { status: 'changed', amountMinor: 77_69, baseAmountMinor: 110_98, saleId: b },
    ])
    expect((await priceHistory(7)).entries[0]).toMatchObject({
      oldAmountMinor: 77_69,
      newAmountMinor: 77_69,
      oldBaseAmountMinor: 110_99,
      newBaseAmountMinor: 110_98,
      saleId: b,
      reason: 'too late',
    })
    await endSale(b)
    await endSale(a)
    expect(await shown()).toBe('11098')
  })

  test('a file has the base price, and imported again it changes nothing', async () => {
    product = 8
    const a = await planSale({ products: [product], percent: '-20' })
    await startSale(a)
    const selection = selectionSchema.parse({ matching: false, added: [8] })
    const chunks: Uint8Array[] = []
    for await (const chunk of exportPrices(admin, selection)) chunks.push(chunk)
    expect(Buffer.concat(chunks).toString()).toMatch(/,active,110\.99,,EUR,\d+,[^,]+,\d+,\d+,88\.79,,\d+\r?\n$/)
    const { summary } = await dryRun(admin, {
      selection: { matching: false, added: [] },
      cells: [{ productId: 8, amountCents: 110_99 }],
      reason: 'the same file',
    })
    expect(summary).toMatchObject({ changed: 0, unchanged: 1 })
    await endSale(a)
  })

  test('another end is in what pages are filled with, before the answer', async () => {
    product = 10
    const a = await planSale({ products: [product], percent: '-20' })
    await startSale(a)
    const held = async () => {
      const { states } = await versionIndex().read([`price:${product}`])
      const { version, payload } = states.get(`price:${product}`) ?? {}
      return { version, validUntil: z.object({ validUntil: z.string() }).parse(JSON.parse(payload ?? '')).validUntil }
    }
    const { version = 0 } = await held()
    const endsAt = '2099-12-24T23:59:59+01:00'
    await updateSchedule(admin, a, { startsAt: inMinutes(0), endsAt: endsAt.slice(0, 19), timeZone: 'Europe/Berlin' })
    expect(await held()).toEqual({ version: version + 1, validUntil: '2099-12-24T22:59:59.000Z' })
    expect(await shown()).toBe('8879 for 11099')
    expect((await priceHistory(product, { limit: 1 })).entries).toMatchObject([
      { actor: admin.actor, source: 'schedule', reason: 'Another end of: Sale of -20 percent', saleId: a },
    ])
    await endSale(a)
  })

  test('the price of the sale is live and in the history with the sale, and its end with its reason', async () => {
    product = 9
    const a = await planSale({ products: [product], percent: '-20' })
    await startSale(a)
    expect((await livePrices([9]))[0]).toMatchObject({ amountMinor: 88_79, compareAtMinor: 110_99 })
    await endSale(a)
    expect((await livePrices([9]))[0]).toMatchObject({ amountMinor: 110_99, compareAtMinor: null })
    expect((await priceHistory(9, { limit: 2 })).entries).toMatchObject([
      { newAmountMinor: 110_99, saleId: null, reason: 'End of: Sale of -20 percent', source: 'schedule' },
      { newAmountMinor: 88_79, saleId: a, reason: 'Sale of -20 percent', source: 'schedule' },
    ])
  })
})
