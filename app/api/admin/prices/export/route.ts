import { selection } from '#lib/pricing/bulk/contract.ts'
import { exportPrices } from '#lib/pricing/bulk/csv/csvExport.ts'
import { csv } from '../../_http/csv.ts'
import { handle } from '../../_http/handle.ts'
import { downloadPrices, exportSelection } from '../../_operations/csv.ts'

export const POST = handle(exportSelection, async ({ principal, body }) =>
  csv(exportPrices(principal, body.selection, { bom: body.byteOrderMark }), 'prices.csv'),
)

export const GET = handle(downloadPrices, async ({ principal, query: { byteOrderMark = false, ...filters } }) =>
  csv(exportPrices(principal, selection.parse(filters), { bom: byteOrderMark }), 'prices.csv'),
)
