/** Sales in tests: planned, and started and ended as waiting would. */
import { Temporal } from 'temporal-polyfill'
import { expect } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { applyBulkEdit } from '../bulk/apply/applyBulkEdit.ts'
import type { BulkEditView } from '../bulk/contract.ts'
import { createBulkEdit } from '../bulk/preview/previewBulkEdit.ts'
import { endDue } from '../bulk/schedule/scheduleEnd.ts'
import { startDue } from '../bulk/schedule/scheduleRun.ts'
import type { ScheduleTimes } from '../bulk/schedule/scheduleContract.ts'
import { schedule, scheduleBulkEdit } from '../bulk/schedule/schedules.ts'
import { person } from './principals.ts'

const admin = person('admin')
const timeZone = 'Europe/Berlin'

/** As an API takes it. */
export const inMinutes = (minutes: number) =>
  Temporal.Now.zonedDateTimeISO(timeZone).add({ minutes }).toString({ timeZoneName: 'never', smallestUnit: 'second' })

export const phrases = ({ summary }: BulkEditView) => (summary?.confirmations ?? []).map(({ phrase }) => phrase)

interface Sale {
  /** As `-20`. */
  readonly percent: string
  readonly products: readonly number[]
  readonly priority?: number
  /** Minutes from now. */
  readonly from?: number
  readonly until?: number
}

/** A preview that can be planned as a sale. */
export async function previewSale({ percent, products }: Pick<Sale, 'percent' | 'products'>): Promise<BulkEditView> {
  return createBulkEdit(
    admin,
    {
      selection: { matching: false, added: [...products] },
      rules: { amount: { kind: 'percent', percent, of: 'price' }, compareAt: { kind: 'old-price' } },
      reason: `Sale of ${percent} percent`,
    },
    'editor',
  )
}

async function planFor({ percent, products }: Sale, times: Omit<ScheduleTimes, 'timeZone'>): Promise<string> {
  const edit = await previewSale({ percent, products })
  const { id } = await scheduleBulkEdit(admin, edit.id, { ...times, timeZone, confirmations: phrases(edit) })
  return id
}

/** @returns the id of its schedule */
export async function planSale({ priority, from = 10, until = 20, ...sale }: Sale): Promise<string> {
  const times = { startsAt: inMinutes(from), endsAt: inMinutes(until) }
  return planFor(sale, { ...times, ...(priority !== undefined && { priority }) })
}

/** The same without an end: it changes base prices. */
export async function planEdit(sale: Pick<Sale, 'percent' | 'products'>): Promise<string> {
  return planFor(sale, { startsAt: inMinutes(10) })
}

export async function startSale(id: string): Promise<void> {
  await db().$executeRaw`UPDATE price_schedules SET starts_at = clock_timestamp() WHERE id = ${id}::uuid`
  for (let edit = await startDue(); edit !== undefined; edit = await startDue())
    if (edit !== null) await applyBulkEdit(edit)
}

export async function endSale(id: string): Promise<void> {
  await db()
    .$executeRaw`UPDATE price_schedules SET ends_at = GREATEST(clock_timestamp(), starts_at + interval '1 ms') WHERE id = ${id}::uuid`
  expect(await endDue()).toBe(id)
  expect(await schedule(admin, id)).toMatchObject({ state: 'done', problem: null })
}
