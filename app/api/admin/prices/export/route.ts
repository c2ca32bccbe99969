import { exportPrices } from '#lib/pricing/bulk/csvExport.ts'
import { csv } from '../../_http/csv.ts'
import { handle } from '../../_http/handle.ts'
import { exportSelection } from '../../_operations/csv.ts'

export const POST = handle(exportSelection, async ({ principal, body }) => csv(exportPrices(principal, body.selection), 'prices.csv'))
