import { z } from 'zod'
import { reasonSchema } from '#lib/pricing/changeRequest.ts'
import { selection } from '#lib/pricing/bulk/contract.ts'
import { editView } from './bulkViews.ts'
import { operation, takesNothing } from './operation.ts'

const base = { ...takesNothing, tag: 'csv' } as const

export const importPrices = operation({
  ...base,
  method: 'POST',
  path: '/api/admin/prices/import',
  id: 'importPrices',
  summary: 'Reads prices from a file of up to 100,000 rows, matched by SKU, and previews them. What cannot be read is listed by its line. The edit waits for an approval.',
  permission: 'bulk:write',
  query: z.strictObject({ reason: reasonSchema }),
  upload: 'text/csv',
  answers: {
    201: {
      description: 'The edit, previewed, and the rows that were left out',
      schema: z.object({
        edit: editView.nullable().meta({ description: 'null when the file says nothing that could be taken' }),
        rows: z.int(),
        errors: z.array(z.object({ line: z.int(), sku: z.string().nullable(), column: z.string().nullable(), message: z.string() })),
        errorCount: z.int(),
        ignoredColumns: z.array(z.string()),
      }),
    },
  },
})

export const exportSelection = operation({
  ...base,
  method: 'POST',
  path: '/api/admin/prices/export',
  id: 'searchPricesForExport',
  summary: 'The prices of a selection as a file. Imported unchanged, it changes nothing.',
  permission: 'bulk:read',
  body: z.strictObject({ selection }),
  maxBodyBytes: 4 * 1024 * 1024,
  answers: { 200: { description: 'The file', contentType: 'text/csv' } },
})
