/** Base prices as a CSV file that an import reads back without a difference. */
import type { VersionedPrice } from '#lib/money/price.ts'
import type { Wire } from '#lib/money/wire.ts'
import { writeCsvAmount } from './amounts.ts'
import { guardText } from './formulaGuard.ts'
import { writeCsv } from './writeCsv.ts'

export interface PriceLine extends Pick<
  Wire<VersionedPrice>,
  'amountCents' | 'compareAtCents' | 'currency' | 'version'
> {
  readonly sku: string
  readonly name: string
  readonly brand: string
  readonly status: string
  readonly changedAt: Date
  /** Prices and stocks are imported apart: `importStocks`. */
  readonly stock: number
  readonly stockVersion: bigint
  /** The price in the shop while a sale runs: no import reads it. */
  readonly saleCents?: number | null
  readonly costCents: number | null
  readonly costVersion: bigint
}

const HEADER = [
  'sku',
  'name',
  'brand',
  'status',
  'price',
  'compare_at',
  'currency',
  'version',
  'changed_at',
  'stock',
  'stock_version',
  'in_sale',
  'cost',
  'cost_version',
]

function cellsOf(line: PriceLine): string[] {
  return [
    guardText(line.sku),
    guardText(line.name),
    guardText(line.brand),
    line.status,
    writeCsvAmount(line.amountCents, line.currency),
    writeCsvAmount(line.compareAtCents, line.currency),
    line.currency,
    String(line.version),
    line.changedAt.toISOString(),
    String(line.stock),
    String(line.stockVersion),
    writeCsvAmount(line.saleCents ?? null, line.currency),
    writeCsvAmount(line.costCents, line.currency),
    String(line.costVersion),
  ]
}

async function* table(lines: AsyncIterable<PriceLine>): AsyncGenerator<string[]> {
  for await (const line of lines) yield cellsOf(line)
}

/** @param options as those of writeCsv */
export function writePrices(
  lines: AsyncIterable<PriceLine>,
  options: { bom?: boolean } = {},
): AsyncGenerator<Uint8Array> {
  return writeCsv(HEADER, table(lines), options)
}
