/** Between the filters above the grid and the selection of a bulk edit. */
import type { Selection } from '#lib/pricing/bulk/contract.ts'
import { parseMoney } from '#lib/money/money.ts'
import { readSkuList } from '#lib/pricing/skus/sku.ts'

export interface FilterForm {
  readonly text: string
  readonly category: string
  readonly brand: string
  readonly min: string
  readonly max: string
  /** The price that the two bounds are of. */
  readonly amountOf: 'base' | 'shown'
  readonly status: '' | 'active' | 'discontinued'
  readonly sale: '' | 'yes' | 'no'
  readonly changed: '' | 'day' | 'week' | 'month' | 'not-month' | 'since'
  /** A moment of the clock here, `2026-11-27T09:00`, for `changed: 'since'`. */
  readonly since: string
  /** The result of a bulk edit for the product. */
  readonly left: '' | 'conflict' | 'refused'
  /** As pasted: apart by line breaks, tabs, commas or semicolons. */
  readonly skus: string
}

export const NO_FILTERS: FilterForm = {
  text: '',
  category: '',
  brand: '',
  min: '',
  max: '',
  amountOf: 'base',
  status: '',
  sale: '',
  changed: '',
  since: '',
  left: '',
  skus: '',
}

export type FilterErrors = Partial<Record<'min' | 'max' | 'skus', string>>

const SHOWN_PROBLEMS = 3
const DAY = 86_400_000
const DAYS = { day: 1, week: 7, month: 30, 'not-month': 30 } as const

function changedBy({ changed, since }: FilterForm, now: number): Partial<Selection> {
  if (changed === '') return {}
  if (changed === 'since') return Number.isNaN(Date.parse(since)) ? {} : { changedAfter: new Date(since).toISOString() }
  const moment = new Date(now - DAYS[changed] * DAY).toISOString()
  return changed === 'not-month' ? { changedBefore: moment } : { changedAfter: moment }
}

function bound(text: string): { readonly amount: number | undefined; readonly error: string | undefined } {
  if (text.trim() === '') return { amount: undefined, error: undefined }
  const money = parseMoney(text)
  return money.ok ? { amount: money.amountMinor, error: undefined } : { amount: undefined, error: money.message }
}

/** The selection of the filters; a bound that cannot be read is named and left out. */
export function readFilters(
  form: FilterForm,
  now = Date.now(),
): { readonly selection: Selection; readonly errors: FilterErrors } {
  const min = bound(form.min)
  const max = bound(form.max)
  const crossed = min.amount !== undefined && max.amount !== undefined && min.amount > max.amount
  const text = form.text.trim()
  const { skus, problems } = readSkuList(form.skus)
  return {
    selection: {
      matching: true,
      ...(form.amountOf === 'shown' && { amountOf: form.amountOf }),
      added: [],
      removed: [],
      ...(text === '' ? {} : { text }),
      ...(form.category === '' ? {} : { categories: [form.category] }),
      ...(form.brand === '' ? {} : { brands: [form.brand] }),
      ...(min.amount === undefined ? {} : { minCents: min.amount }),
      ...(max.amount === undefined || crossed ? {} : { maxCents: max.amount }),
      ...(form.status === '' ? {} : { status: form.status }),
      ...(form.sale === '' ? {} : { onSale: form.sale === 'yes' }),
      ...changedBy(form, now),
      ...(form.left ? { left: form.left } : {}),
      // A list of which nothing can be read selects nothing, not everything.
      ...(skus.length + problems.length === 0 ? {} : { skus: [...skus] }),
    },
    errors: {
      ...(problems.length > 0
        ? { skus: problems.slice(0, SHOWN_PROBLEMS).join(' ') + (problems.length > SHOWN_PROBLEMS ? ' …' : '') }
        : {}),
      ...(min.error ? { min: min.error } : {}),
      ...(max.error ? { max: max.error } : crossed ? { max: 'The highest price is below the lowest.' } : {}),
    },
  }
}

const FIELD_NAMES: Readonly<Record<keyof FilterErrors, string>> = { min: 'Price from', max: 'Price to', skus: 'SKUs' }

/** The fields that cannot be read, as they are called on the screen. */
export function unreadFilters(form: FilterForm): string[] {
  const { errors } = readFilters(form)
  return (['min', 'max', 'skus'] as const).flatMap((field) => (errors[field] ? FIELD_NAMES[field] : []))
}
