/** Prices and stocks as files: streamed in, streamed out. */
import { z } from 'zod'
import { listOf, wholeNumber, yesOrNo } from '#lib/platform/http/queryParts.ts'
import { selection } from '#lib/pricing/bulk/contract.ts'
import { exportPrices } from '#lib/pricing/bulk/csv/csvExport.ts'
import { previewCsv } from '#lib/pricing/bulk/csv/csvImport.ts'
import { importAnswers, stockAnswers } from '#lib/pricing/bulk/csv/questions.ts'
import type { ImportProgress } from '#lib/pricing/bulk/csv/progress.ts'
import { rejectedRows } from '#lib/pricing/bulk/csv/rejectedRows.ts'
import { reasonSchema } from '#lib/pricing/changeRequest.ts'
import { importStocks, rejectedStocks } from '#lib/pricing/stock/importStocks.ts'
import { answer, api, endpoint, file, FOR_SPREADSHEETS, json, LOCATION, upload } from './endpoint.ts'
import { csv, readUpload } from './http/csv.ts'
import { withProgress } from './http/progress.ts'
import { asking, reply } from './reply.ts'
import { asked, imported, importedStocks } from './views/csvViews.ts'

const FILE = {
  200: file(
    'The file: sku, name, brand, status, price, compare_at, currency, version, changed_at, stock, stock_version, in_sale, cost, cost_version',
  ),
}

const names = listOf(z.array(z.string()).max(100)).optional()

export const files = api()
  .openapi(
    endpoint({
      method: 'post',
      path: '/prices/import',
      operationId: 'importPrices',
      tag: 'csv',
      summary:
        'Reads prices from a file of up to 100,000 rows and 128 MiB, matched by the exact SKU, and previews them. A header names the columns: sku, and price, compare_at ' +
        'or cost, or as Shopify, WooCommerce, Magento and Google Merchant name them. An empty cell leaves its value, `none` takes a compare-at price or a cost away, zero is no compare-at price and no sale, and leaves a cost; a row with a `version` is ' +
        'taken only while the price has that version. What cannot be read is listed by its line. What a file leaves open is asked: send it again with the answers. A client that accepts application/x-ndjson gets the progress of a large file: one `progress` a line, last the `status` and the `body`. Costs are set at once; the edit waits for an approval.',
      permission: 'bulk:write',
      request: {
        query: importAnswers.extend({ reason: reasonSchema }),
        body: upload('sku,price,compare_at\nEVG-00042,899.00,999.00\nEVG-00043,19.90,none\n'),
      },
      responses: {
        201: answer('The edit, previewed, and the rows that were left out', imported, LOCATION),
        200: answer('The file says costs alone: they are set, and `edit` is null', imported),
        409: answer('The file can be read in more than one way: nothing was stored', asked),
        422: answer(
          'No row says anything that could be taken: `edit` is null, `errors` say why. Nothing was stored',
          imported,
        ),
      },
    }),
    (c) => {
      const { reason, ...answers } = c.req.valid('query')
      return withProgress<ImportProgress>(c, async (onProgress) => {
        const read = await previewCsv(c.var.principal, readUpload(c.req.raw), reason, { answers, onProgress })
        if ('questions' in read) return reply(c, asking(read.questions), 409)
        const edit = read.edit ?? read.sales[0]?.edit
        if (edit) return reply(c, read, 201, { location: `/api/admin/bulk-edits/${edit.id}` })
        return reply(c, read, read.costs > 0 ? 200 : 422)
      })
    },
  )
  .openapi(
    endpoint({
      method: 'post',
      path: '/prices/import/rejected',
      operationId: 'listRejectedRows',
      tag: 'csv',
      summary:
        'The rows of a file that an import with the same answers leaves out, as a file: its own columns, then line, problem and suggested_sku. Corrected, it can be imported as it is. Nothing is stored.',
      permission: 'bulk:write',
      request: { query: importAnswers, body: upload('sku,price\nEVG-00042,twelve\n') },
      responses: { 200: file('The file'), 409: answer('The file can be read in more than one way', asked) },
    }),
    async (c) => {
      const rows = await rejectedRows(c.var.principal, readUpload(c.req.raw), c.req.valid('query'))
      return 'questions' in rows ? reply(c, asking(rows.questions), 409) : csv(rows, 'rejected.csv')
    },
  )
  .openapi(
    endpoint({
      method: 'post',
      path: '/prices/export',
      operationId: 'searchPricesForExport',
      tag: 'csv',
      summary: 'The prices of a selection as a file. Imported unchanged, it changes nothing.',
      permission: 'bulk:read',
      maxBodyBytes: 4 * 1024 * 1024,
      request: {
        body: json(z.strictObject({ selection, byteOrderMark: z.boolean().default(false).meta(FOR_SPREADSHEETS) }), {
          selection: { brands: ['Acme'], onSale: true },
        }),
      },
      responses: FILE,
    }),
    async (c) => {
      const { selection: asked, byteOrderMark } = c.req.valid('json')
      return csv(exportPrices(c.var.principal, asked, { bom: byteOrderMark }), 'prices.csv')
    },
  )
  .openapi(
    endpoint({
      method: 'get',
      path: '/prices/export',
      operationId: 'downloadPrices',
      tag: 'csv',
      summary: 'The same for a link: the filters stand in the address. A list of SKUs needs POST.',
      permission: 'bulk:read',
      request: {
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
      },
      responses: FILE,
    }),
    async (c) => {
      const { byteOrderMark = false, ...filters } = c.req.valid('query')
      return csv(exportPrices(c.var.principal, selection.parse(filters), { bom: byteOrderMark }), 'prices.csv')
    },
  )
  .openapi(
    endpoint({
      method: 'post',
      path: '/stock/import',
      operationId: 'importProductStocks',
      tag: 'csv',
      summary:
        'Sets stocks from a file of up to 100,000 rows and 32 MiB, matched by the exact SKU, at once: nothing waits for an approval. A header names the columns: sku, stock, and ' +
        'stock_version where a row is about that version alone, as in an export. An empty cell leaves its stock; other columns are left alone. With `preview=true` the answer says what would change now. What a file leaves open is asked: send it again with the answers.',
      permission: 'products:write',
      request: {
        query: stockAnswers.extend({ reason: reasonSchema, preview: yesOrNo.optional() }),
        body: upload('sku,stock,stock_version\nEVG-00042,12,7\nEVG-00043,0,\n'),
      },
      responses: {
        200: answer('How many stocks were set, or would be', importedStocks),
        409: answer('The file can be read in more than one way: nothing was stored', asked),
      },
    }),
    async (c) => {
      const { reason, preview, ...answers } = c.req.valid('query')
      const read = await importStocks(c.var.principal, readUpload(c.req.raw), reason, { answers, preview })
      return 'questions' in read ? reply(c, asking(read.questions), 409) : reply(c, read, 200)
    },
  )
  .openapi(
    endpoint({
      method: 'post',
      path: '/stock/import/rejected',
      operationId: 'listRejectedStocks',
      tag: 'csv',
      summary:
        'The rows of a file that an import of stocks with the same answers leaves out, those at another version too, as a file: its own columns, then line, problem and suggested_sku. Corrected, it can be imported as it is. Nothing is stored.',
      permission: 'products:write',
      request: { query: stockAnswers, body: upload('sku,stock,stock_version\nEVG-00042,twelve,\n') },
      responses: { 200: file('The file'), 409: answer('The file can be read in more than one way', asked) },
    }),
    async (c) => {
      const rows = await rejectedStocks(c.var.principal, readUpload(c.req.raw), c.req.valid('query'))
      return 'questions' in rows ? reply(c, asking(rows.questions), 409) : csv(rows, 'rejected.csv')
    },
  )
