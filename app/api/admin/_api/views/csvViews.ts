/** Answers of the import of a file. */
import { z } from 'zod'
import { IMPORT_COLUMNS } from '#lib/pricing/bulk/csv/aliases.ts'
import type { CsvImport } from '#lib/pricing/bulk/csv/csvImport.ts'
import { importQuestion } from '#lib/pricing/bulk/csv/questions.ts'
import type { StockImport } from '#lib/pricing/stock/importStocks.ts'
import { STOCK_COLUMNS } from '#lib/pricing/stock/stockColumns.ts'
import { editView } from './bulkViews.ts'

export const imported = z.object({
  edit: editView.nullable().meta({ description: 'null when the file says nothing that could be taken' }),
  sales: z
    .array(
      z.object({
        edit: editView,
        startsAt: z.iso.datetime({ offset: true }).nullable().meta({ description: 'null: it is to be chosen' }),
        endsAt: z.iso.datetime({ offset: true }).nullable().meta({ description: 'null: it is to be chosen' }),
        timeZone: z.string(),
      }),
    )
    .meta({
      description: 'with sales=plan, a preview for each pair of dates in the file: schedule it for these times',
    }),
  rows: z.int(),
  errors: z
    .array(
      z.object({
        line: z.int(),
        sku: z.string().nullable(),
        column: z.enum(IMPORT_COLUMNS).nullable(),
        message: z.string(),
        suggestion: z.string().nullable().meta({ description: 'the SKU of a product that may be meant' }),
      }),
    )
    .meta({ description: 'the rows that were left out, at most 1,000 of them' }),
  errorCount: z.int(),
  costs: z.int().meta({ description: 'costs that the file has set, at once: they wait for no approval' }),
  columns: z
    .array(z.object({ field: z.enum(IMPORT_COLUMNS), name: z.string() }))
    .meta({ description: 'what each column was taken for' }),
  ignoredColumns: z.array(z.string()),
  notes: z.array(z.string()).meta({ description: 'what else was made of the file: rounded amounts, its encoding' }),
}) satisfies z.ZodType<CsvImport>

/** An answer with questions. Each answer is sent with the file once more, as a parameter. */
export const asked = z.object({
  error: z.object({
    code: z.literal('import_questions'),
    message: z.string(),
    questions: z.array(importQuestion),
  }),
})

export const importedStocks = z.object({
  state: z.enum(['live', 'propagating', 'previewed']).meta({ description: 'previewed: nothing was written' }),
  rows: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  conflict: z.int().meta({ description: 'rows at another version than the file names: they stay as they are' }),
  changes: z
    .array(z.object({ productId: z.int(), sku: z.string(), name: z.string(), from: z.int(), to: z.int() }))
    .meta({ description: 'what was there when the file was read, and what it says; at most 200 of them' }),
  errors: z
    .array(
      z.object({
        line: z.int(),
        sku: z.string().nullable(),
        column: z.enum(STOCK_COLUMNS).nullable(),
        message: z.string(),
        suggestion: z.string().nullable().meta({ description: 'the SKU of a product that may be meant' }),
      }),
    )
    .meta({ description: 'the rows that were left out, at most 1,000 of them' }),
  errorCount: z.int(),
  ignoredColumns: z.array(z.string()),
  notes: z.array(z.string()),
}) satisfies z.ZodType<StockImport>
