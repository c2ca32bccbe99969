import { z } from 'zod'
import { reasonSchema } from '#lib/pricing/changeRequest.ts'
import { selection } from '#lib/pricing/bulk/contract.ts'
import { importAnswers } from '#lib/pricing/bulk/csv/questions.ts'
import { asked, imported } from './csvViews.ts'
import { FOR_SPREADSHEETS, LOCATION, operation, takesNothing, wholeNumber, yesOrNo } from './operation.ts'

const base = { ...takesNothing, tag: 'csv' } as const

export const importPrices = operation({
  ...base,
  method: 'POST',
  path: '/api/admin/prices/import',
  id: 'importPrices',
  summary:
    'Reads prices from a file of up to 100,000 rows and 128 MiB, matched by the exact SKU, and previews them. A header names the columns: sku, and price, compare_at ' +
    'or cost, or as Shopify, WooCommerce, Magento and Google Merchant name them. An empty cell leaves its value, `none` takes a compare-at price or a cost away; a row with a `version` is ' +
    'taken only while the price has that version. What cannot be read is listed by its line. What a file leaves open is asked: send it again with the answers. A client that accepts application/x-ndjson is told how far a large file is: one `progress` a line, last the `status` and the `body`. Costs are set at once; the edit waits for an approval.',
  permission: 'bulk:write',
  query: importAnswers.extend({ reason: reasonSchema }),
  upload: 'text/csv',
  example: 'sku,price,compare_at\nEVG-00042,899.00,999.00\nEVG-00043,19.90,none\n',
  answers: {
    201: { description: 'The edit, previewed, and the rows that were left out', schema: imported, headers: LOCATION },
    200: { description: 'The file says costs alone: they are set, and `edit` is null', schema: imported },
    409: { description: 'The file can be read in more than one way: nothing was stored', schema: asked },
    422: {
      description: 'No row says anything that could be taken: `edit` is null, `errors` say why. Nothing was stored',
      schema: imported,
    },
  },
})

export const listRejectedRows = operation({
  ...base,
  method: 'POST',
  path: '/api/admin/prices/import/rejected',
  id: 'listRejectedRows',
  summary:
    'The rows of a file that an import with the same answers leaves out, as a file: its own columns, then line, problem and suggested_sku. Corrected, it can be imported as it is. Nothing is stored.',
  permission: 'bulk:write',
  query: importAnswers,
  upload: 'text/csv',
  example: 'sku,price\nEVG-00042,twelve\n',
  answers: {
    200: { description: 'The file', contentType: 'text/csv' },
    409: { description: 'The file can be read in more than one way', schema: asked },
  },
})

const FILE = {
  200: {
    description:
      'The file: sku, name, brand, status, price, compare_at, currency, version, changed_at, stock, stock_version, in_sale, cost, cost_version',
    contentType: 'text/csv',
  },
} as const

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
