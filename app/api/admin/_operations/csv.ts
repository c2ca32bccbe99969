import { z } from 'zod'
import { reasonSchema } from '#lib/pricing/changeRequest.ts'
import { selection } from '#lib/pricing/bulk/contract.ts'
import type { CsvImport } from '#lib/pricing/bulk/csv/csvImport.ts'
import { IMPORT_COLUMNS } from '#lib/pricing/bulk/csv/columns.ts'
import { editView } from './bulkViews.ts'
import { LOCATION, operation, takesNothing, wholeNumber, yesOrNo } from './operation.ts'

const base = { ...takesNothing, tag: 'csv' } as const

const imported = z.object({
  edit: editView.nullable().meta({ description: 'null when the file says nothing that could be taken' }),
  rows: z.int(),
  errors: z
    .array(
      z.object({
        line: z.int(),
        sku: z.string().nullable(),
        column: z.enum(IMPORT_COLUMNS).nullable(),
        message: z.string(),
      }),
    )
    .meta({ description: 'the rows that were left out, at most 1,000 of them' }),
  errorCount: z.int(),
  costs: z.int().meta({ description: 'costs that the file has set, at once: they wait for no approval' }),
  ignoredColumns: z.array(z.string()),
}) satisfies z.ZodType<CsvImport>

export const importPrices = operation({
  ...base,
  method: 'POST',
  path: '/api/admin/prices/import',
  id: 'importPrices',
  summary:
    'Reads prices from a file of up to 100,000 rows and 32 MiB, matched by the exact SKU, and previews them. The first line names the columns: sku, and price, compare_at or cost. ' +
    'Costs are set at once; prices are previewed. An empty cell leaves its value, `none` takes a compare-at price away. What cannot be read is listed by its line. The edit waits for an approval.',
  permission: 'bulk:write',
  query: z.strictObject({ reason: reasonSchema }),
  upload: 'text/csv',
  example: 'sku,price,compare_at\nEVG-00042,899.00,999.00\nEVG-00043,19.90,none\n',
  answers: {
    201: { description: 'The edit, previewed, and the rows that were left out', schema: imported, headers: LOCATION },
    200: { description: 'The file says costs alone: they are set, and `edit` is null', schema: imported },
    422: {
      description: 'No row says anything that could be taken: `edit` is null, `errors` say why. Nothing was stored',
      schema: imported,
    },
  },
})

const FILE = {
  200: {
    description: 'The file: sku, name, brand, status, price, compare_at, currency, version, changed_at, cost',
    contentType: 'text/csv',
  },
} as const
const FOR_SPREADSHEETS = {
  description: 'begins with a byte order mark, for spreadsheets that take a file without it for another encoding',
}

export const exportSelection = operation({
  ...base,
  method: 'POST',
  path: '/api/admin/prices/export',
  id: 'searchPricesForExport',
  summary: 'The prices of a selection as a file. Imported unchanged, it changes nothing.',
  permission: 'bulk:read',
  body: z.strictObject({ selection, byteOrderMark: z.boolean().default(false).meta(FOR_SPREADSHEETS) }),
  maxBodyBytes: 4 * 1024 * 1024,
  example: { selection: { brands: ['Acme'], onSale: true } },
  answers: FILE,
})

const names = z.array(z.string()).max(100).optional()

export const downloadPrices = operation({
  ...base,
  method: 'GET',
  path: '/api/admin/prices/export',
  id: 'downloadPrices',
  summary: 'The same for a link: the filters stand in the address. A list of SKUs needs POST.',
  permission: 'bulk:read',
  query: z.strictObject({
    text: z.string().max(200).optional(),
    categories: names.meta({ description: 'slugs; a parent category includes its children' }),
    brands: names,
    minCents: wholeNumber('A lowest price').optional(),
    maxCents: wholeNumber('A highest price').optional(),
    status: z.enum(['active', 'discontinued']).optional(),
    onSale: yesOrNo.optional(),
    changedAfter: z.iso.datetime({ offset: true }).optional(),
    changedBefore: z.iso.datetime({ offset: true }).optional(),
    byteOrderMark: yesOrNo.optional().meta(FOR_SPREADSHEETS),
  }),
  answers: FILE,
})
