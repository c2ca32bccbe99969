import { useTable } from '@tanstack/react-table'
import { createElement, type ReactNode } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, test } from 'vitest'
import type { GridRow, PreviewRow, PreviewSummary } from '#lib/pricing/bulk/contract.ts'
import { SummaryTiles } from '../(office)/bulk/_edit/Summary.tsx'
import { previewColumns } from '../(office)/bulk/_edit/previewColumns.tsx'
import { type GridColumn, gridFeatures } from '../(office)/bulk/_grid/gridTable.ts'
import { EDITOR_COLUMNS } from '../(office)/bulk/_editor/editorColumns.tsx'
import { Move, readingOf } from './Values.tsx'

/** As a reader sees it. */
function textOf(node: ReactNode): string {
  return renderToStaticMarkup(createElement('div', null, node))
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('\u00a0', ' ')
}

function Cells<Row>({ columns, row }: { columns: GridColumn<Row>[]; row: Row }): ReactNode {
  const table = useTable({ features: gridFeatures, columns, data: [{ index: 0, row }] })
  const cells = table.getRowModel().rows.flatMap((one) => one.getAllCells())
  return cells.map((cell) => createElement('p', { key: cell.id }, createElement(table.FlexRender, { cell })))
}

/** The texts of these columns, in their order. */
function cellsOf<Row>(columns: GridColumn<Row>[], ids: readonly string[], row: Row): string[] {
  return ids.map((id) => {
    const wanted = columns.filter((column) => column.id === id)
    return textOf(createElement(Cells<Row>, { columns: wanted, row }))
      .replaceAll(/ +/g, ' ')
      .trim()
  })
}

describe.each([
  ['JPY', '129,000', '¥129,000', '¥64,500'],
  ['KWD', '129.000', 'KWD 129.000', 'KWD 64.500'],
])('an amount in %s', (currency, typed, whole, half) => {
  const row = {
    productId: 1,
    sku: 'SKU-1',
    slug: 'one',
    name: 'One',
    brand: 'Nord',
    version: 1,
    currency,
    oldAmountCents: 129_000,
    newAmountCents: 64_500,
    oldCompareAtCents: null,
    newCompareAtCents: 129_000,
    costCents: 64_500,
    state: 'pending',
    warnings: [],
    message: null,
  } satisfies PreviewRow & { brand: string }
  const gridRow = {
    ...row,
    status: 'active',
    amountCents: 129_000,
    compareAtCents: 129_000,
    versionUpdatedAt: '2026-11-30T00:00:00.000Z',
    saleCents: 64_500,
  } satisfies GridRow

  test('is shown so in the back office', () => {
    expect(textOf(createElement(Move, { from: 129_000, to: 64_500, currency }))).toContain(whole)
    expect(textOf(readingOf(typed, currency, 64_500))).toContain(whole)
  })

  test('is shown so in the preview', () => {
    const columns = previewColumns({ narrow: false, ended: false, retries: undefined })
    expect(cellsOf(columns, ['old', 'new', 'difference', 'compareAt', 'cost'], row)).toEqual([
      whole,
      half,
      `−${half}`,
      `none ${whole}`,
      half,
    ])
  })

  test('is shown so in the editor', () => {
    expect(cellsOf(EDITOR_COLUMNS, ['price', 'compareAt', 'cost'], gridRow)).toEqual([`${whole} sale`, whole, half])
  })

  test('is added to no amount of another currency', () => {
    const summary: PreviewSummary = {
      rows: 2,
      changed: 2,
      unchanged: 0,
      refused: 0,
      totals: [
        { currency: 'EUR', oldCents: 1000, newCents: 900 },
        { currency, oldCents: 129_000, newCents: 64_500 },
      ],
      beyond: [],
      belowFloor: 0,
      doubts: [],
      distribution: [],
      confirmations: [],
    }
    const progress = { total: 2, applied: 0, conflicts: 0, skipped: 0, refused: 0, rowsPerSecond: 0, secondsLeft: null }
    const shown = textOf(createElement(SummaryTiles, { summary, progress, state: 'previewed' }))
    for (const line of ['−€1.00', `−${half}`, '€10.00 before, −10.0 %', `${whole} before, −50.0 %`])
      expect(shown).toContain(line)
  })
})
