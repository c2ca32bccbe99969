/** Answers of the operations of bulk edits. */
import { z } from 'zod'
import {
  BULK_EDIT_STATES,
  type BulkEditView,
  CONFIRMATION_KINDS,
  DOUBTS,
  type GridRow,
  type PreviewRow,
  type PreviewSummary,
  ROW_STATES,
  ROW_WARNINGS,
  type SelectionFacets,
} from '#lib/pricing/bulk/contract.ts'
import {
  type PlanCheck,
  SCHEDULE_STATES,
  type ScheduleOverlap,
  type ScheduleView,
} from '#lib/pricing/bulk/schedule/scheduleContract.ts'

const time = z.iso.datetime()
const zoned = z.iso.datetime({ offset: true })
export const rowWarning = z.enum(ROW_WARNINGS)
const cost = z.int().nullable().meta({ description: 'what it costs the shop; null where that is not known' })

export const summaryView = z.object({
  rows: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  refused: z.int(),
  totals: z
    .array(z.object({ currency: z.string(), oldCents: z.int(), newCents: z.int() }))
    .meta({ description: 'of the rows that change, before and after, in each currency that they have' }),
  beyond: z.array(z.object({ percent: z.number(), rows: z.int() })),
  belowFloor: z.int(),
  doubts: z
    .array(z.object({ doubt: z.enum(DOUBTS), rows: z.int() }))
    .meta({ description: 'rows that change and may not be meant: list them by this warning' }),
  distribution: z.array(z.object({ fromPercent: z.number(), toPercent: z.number(), rows: z.int() })),
  confirmations: z
    .array(z.object({ kind: z.enum(CONFIRMATION_KINDS), rows: z.int(), phrase: z.string() }))
    .meta({ description: 'each phrase must be sent with the approval' }),
}) satisfies z.ZodType<PreviewSummary>

export const editView = z.object({
  id: z.uuid(),
  state: z.enum(BULK_EDIT_STATES),
  kind: z.enum(['edit', 'undo', 'retry', 'schedule-end']),
  source: z.enum(['editor', 'api', 'csv', 'schedule']),
  reason: z.string(),
  createdBy: z.string(),
  approvedBy: z.string().nullable(),
  createdAt: time,
  previewedAt: time,
  appliedAt: time.nullable(),
  summary: summaryView.nullable(),
  progress: z.object({
    total: z.int(),
    applied: z.int(),
    conflicts: z.int(),
    skipped: z.int(),
    refused: z.int(),
    rowsPerSecond: z.number(),
    secondsLeft: z.number().nullable(),
  }),
  of: z.uuid().nullable().meta({ description: 'the edit that this one undoes, retries or ends' }),
  undoneBy: z.uuid().nullable(),
  error: z.string().nullable(),
  rowsForgotten: z
    .boolean()
    .meta({ description: 'its rows are no longer kept: it cannot be undone, retried or exported' }),
}) satisfies z.ZodType<BulkEditView>

export const rowView = z.object({
  productId: z.int(),
  sku: z.string(),
  name: z.string(),
  slug: z.string(),
  version: z.int().meta({ description: 'that the preview saw' }),
  currency: z.string(),
  oldAmountCents: z.int(),
  newAmountCents: z.int(),
  oldCompareAtCents: z.int().nullable(),
  newCompareAtCents: z.int().nullable(),
  costCents: cost,
  state: z.enum(ROW_STATES),
  warnings: z.array(rowWarning),
  message: z.string().nullable(),
}) satisfies z.ZodType<PreviewRow>

export const gridRow = z.object({
  productId: z.int(),
  sku: z.string(),
  slug: z.string(),
  name: z.string(),
  brand: z.string(),
  status: z.enum(['active', 'discontinued']),
  amountCents: z.int().meta({ description: 'the base price, which edits change' }),
  compareAtCents: z.int().nullable(),
  saleCents: z
    .exactOptional(z.int().nullable())
    .meta({ description: 'what the shop shows while a sale runs; null: the base price' }),
  currency: z.string(),
  version: z.int(),
  versionUpdatedAt: time,
  costCents: cost,
}) satisfies z.ZodType<GridRow>

export const facetsView = z.object({
  categories: z.array(
    z.object({
      slug: z.string(),
      name: z.string(),
      kind: z.enum(['category', 'collection']),
      parent: z.string().nullable(),
      products: z.int(),
    }),
  ),
  brands: z.array(z.object({ brand: z.string(), products: z.int() })),
}) satisfies z.ZodType<SelectionFacets>

const overlapView = z.object({
  id: z.uuid(),
  bulkEditId: z.uuid(),
  reason: z.string(),
  startsAt: zoned,
  endsAt: zoned,
  products: z.int(),
  shows: z
    .enum(['this', 'other', 'undecided'])
    .meta({ description: 'undecided: only before a plan that would start with the other, at the same priority' }),
}) satisfies z.ZodType<ScheduleOverlap>

export const planCheckView = z.object({
  overlaps: z
    .array(overlapView)
    .meta({ description: 'the sales that it would meet, and which of the two the shop shows then' }),
  notReduced: z.int().meta({ description: 'prices of the sale that are not below the base price as it is now' }),
}) satisfies z.ZodType<PlanCheck>

export const scheduleView = z.object({
  id: z.uuid(),
  bulkEditId: z.uuid(),
  reason: z.string(),
  state: z.enum(SCHEDULE_STATES).meta({ description: 'running: begun, and its end is to come' }),
  timeZone: z.string(),
  startsAt: zoned,
  endsAt: zoned.nullable(),
  createdBy: z.string(),
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  endEditId: z.uuid().nullable(),
  message: z.string().nullable(),
  switching: z.enum(['preparing', 'ready']).nullable().meta({
    description:
      'its start or end is near: prices are being prepared, or wait for the time, which switches all of them at once',
  }),
  priority: z
    .int()
    .meta({ description: 'of several active sales the highest is shown; of equals the one that starts later' }),
  overlaps: z
    .array(overlapView)
    .meta({ description: 'other sales of some of its products at the same time, and which of the two is shown then' }),
  problem: z.string().nullable().meta({ description: 'what did not start or end, and what to do' }),
  warning: z.string().nullable().meta({ description: 'what will not be as it was planned, and what to do' }),
}) satisfies z.ZodType<ScheduleView>
