import { Temporal } from 'temporal-polyfill'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { changeMeant } from '../../testing/changeMeant.ts'
import { priceStores, type PriceStores } from '../../testing/priceStores.ts'
import { person } from '../../testing/principals.ts'
import { applyBulkEdit } from '../apply/applyBulkEdit.ts'
import { createBulkEdit } from '../preview/previewBulkEdit.ts'
import { endDue } from './scheduleEnd.ts'
import { startDue } from './scheduleRun.ts'
import { cancelSchedule, schedule, scheduleBulkEdit } from './schedules.ts'

const admin = person('admin')
const timeZone = 'Europe/Berlin'

let stores: PriceStores
let product = 0
beforeAll(async () => {
  stores = await priceStores(20)
  await db().price.updateMany({ data: { amountMinor: 110_99, compareAtMinor: null } })
})
afterAll(() => stores.close())

const inMinutes = (minutes: number) =>
  Temporal.Now.zonedDateTimeISO(timeZone).add({ minutes }).toString({ timeZoneName: 'never', smallestUnit: 'second' })

/** What the shop shows of the product. */
async function shown(id = product): Promise<string> {
  const { amountMinor, compareAtMinor } = await db().price.findUniqueOrThrow({ where: { productId: id } })
  return compareAtMinor === null ? String(amountMinor) : `${amountMinor} for ${compareAtMinor}`
}

interface Plan {
  readonly percent: string
  readonly products?: readonly number[]
}

/** @returns a sale that is planned with an end */
async function plan({ percent, products = [product] }: Plan): Promise<string> {
  const edit = await createBulkEdit(
    admin,
    {
      selection: { matching: false, added: [...products] },
      rules: { amount: { kind: 'percent', percent, of: 'price' }, compareAt: { kind: 'old-price' } },
      reason: `Sale of ${percent} percent`,
    },
    'editor',
  )
  const { id } = await scheduleBulkEdit(admin, edit.id, {
    startsAt: inMinutes(10),
    endsAt: inMinutes(20),
    timeZone,
    confirmations: (edit.summary?.confirmations ?? []).map(({ phrase }) => phrase),
  })
  return id
}

/** Brings its start to this moment, as waiting would. */
async function start(id: string): Promise<void> {
  await db().$executeRaw`UPDATE price_schedules SET starts_at = clock_timestamp() WHERE id = ${id}::uuid`
  for (let edit = await startDue(); edit !== undefined; edit = await startDue())
    if (edit !== null) await applyBulkEdit(edit)
}

async function end(id: string): Promise<void> {
  await db()
    .$executeRaw`UPDATE price_schedules SET ends_at = GREATEST(clock_timestamp(), starts_at + interval '1 ms') WHERE id = ${id}::uuid`
  expect(await endDue()).toBe(id)
  expect(await schedule(admin, id)).toMatchObject({ state: 'done' })
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
    const a = await plan({ percent: '-20' })
    await start(a)
    expect(await shown()).toBe('8879 for 11099')
    const b = await plan({ percent: '-30' })
    await start(b)
    expect(await shown(), 'of the base price').toBe('7769 for 11099')
    await end(a)
    expect(await shown()).toBe('7769 for 11099')
    await end(b)
    expect(await shown()).toBe('11099')
  })

  test('when both were planned before, one inside the other: each is shown in its time', async () => {
    product = 2
    const [outer, inner] = [await plan({ percent: '-20' }), await plan({ percent: '-30' })]
    await start(outer)
    await start(inner)
    expect(await shown()).toBe('7769 for 11099')
    await end(inner)
    expect(await shown()).toBe('8879 for 11099')
    await end(outer)
    expect(await shown()).toBe('11099')
  })

  test('when it was edited during a sale: the edit is what comes after', async () => {
    product = 3
    const a = await plan({ percent: '-20' })
    await start(a)
    await edit(120_00)
    expect(await shown()).toBe('8879 for 11099')
    await end(a)
    expect(await shown()).toBe('12000')
  })

  test('when it was edited before a start that was planned: the sale starts all the same', async () => {
    product = 4
    const a = await plan({ percent: '-20' })
    await edit(120_00)
    await start(a)
    expect(await shown()).toBe('8879 for 11099')
    await end(a)
    expect(await shown()).toBe('12000')
  })

  test('when a sale is ended early, and when one is cancelled before it starts', async () => {
    product = 5
    const [a, b] = [await plan({ percent: '-20' }), await plan({ percent: '-30' })]
    await start(a)
    await cancelSchedule(admin, b)
    await cancelSchedule(admin, a)
    await end(a)
    expect(await shown()).toBe('11099')
  })
})
